"""A sentence encoder that the user brings: texts as vectors, close where they mean alike.

The form of the files is the usual export to ONNX: a folder with ``model.onnx`` and
``tokenizer.json``. In go ``input_ids`` and ``attention_mask`` (and ``token_type_ids``, where asked
for), out comes ``sentence_embedding``, or ``last_hidden_state``, of which the mean over the mask is
taken. Either way vectors are brought to length one, so that their products are cosines (Reimers and
Gurevych, "Sentence-BERT", EMNLP 2019; the model card of all-MiniLM-L6-v2 names the same steps).

mvkit brings no weights of others, and downloads nothing.

Contents
--------
SentenceModel, find_sentence_model
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.files import sha256_of

Vectors = NDArray[np.float32]
PACKAGES = ("onnxruntime", "tokenizers")
NETWORK, TOKENIZER = "model.onnx", "tokenizer.json"
NEEDED = {"input_ids", "attention_mask"}
TAKEN = NEEDED | {"token_type_ids"}
SENTENCE, TOKENS = "sentence_embedding", "last_hidden_state"
"""What goes in, and what comes out: a vector for each text, or for each of its tokens."""
MAX_TOKENS = 32
"""Longer texts are cut; what is compared has a few words."""
AT_ONCE = 64
ADVICE = (
    "Set MVKIT_SENTENCE_MODEL to the folder of a sentence encoder as ONNX, such as "
    "all-MiniLM-L6-v2, or leave it empty."
)


class SentenceModel:
    """A network that turns texts into vectors.

    Parameters
    ----------
    folder : Path
        Where its files lie; see :func:`find_sentence_model`.

    Raises
    ------
    InvalidInput
        ``NO_WEIGHTS`` if a file is missing, cannot be read, or is of another kind of network.
    """

    def __init__(self, folder: Path) -> None:
        self._files = (_network_in(folder), folder / TOKENIZER)
        self._tokenizer = _load_tokenizer(self._files[1])
        self._session = _load_network(self._files[0])
        self._types = {one.name: one.type for one in self._session.get_inputs()}
        told = {one.name for one in self._session.get_outputs()}
        if not NEEDED <= self._types.keys() <= TAKEN or told.isdisjoint({SENTENCE, TOKENS}):
            raise InvalidInput(
                f"{self._files[0].name} takes {', '.join(sorted(self._types))} and answers "
                f"{', '.join(sorted(told))}; expected a sentence encoder, which takes "
                f"{', '.join(sorted(TAKEN))} and answers {SENTENCE} or {TOKENS}. {ADVICE}",
                reason="NO_WEIGHTS",
            )
        self._output = SENTENCE if SENTENCE in told else TOKENS

    @cached_property
    def digest(self) -> str:
        """Digest of its files, weights that lie beside the network included."""
        network, tokenizer = self._files
        beside = sorted(network.parent.glob(f"{network.stem}.onnx?*"))
        digests = (sha256_of(path) for path in (network, tokenizer, *beside))
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of length one for each text, shape (n_texts, n_dimensions).

        Raises
        ------
        ProviderFailed
            If the network refuses the texts, or answers something else.
        """
        starts = range(0, len(texts), AT_ONCE)
        vectors = np.concatenate([self._encode(texts[at : at + AT_ONCE]) for at in starts])
        if not np.isfinite(vectors).all():
            raise self._stranger("it answers numbers that are none")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        return unit

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of a few texts, of any length."""
        tokens = [text.ids for text in self._tokenizer.encode_batch(list(texts))]
        n_tokens = max(1, *map(len, tokens))
        ids, mask = np.zeros((2, len(texts), n_tokens), dtype=np.int64)
        for row, of_text in enumerate(tokens):
            ids[row, : len(of_text)], mask[row, : len(of_text)] = of_text, 1
        told = self._run({"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0})
        shape = (len(texts), n_tokens)
        if told.ndim == 2 and self._output == SENTENCE and len(told) == len(texts):
            return told
        if told.ndim == 3 and self._output == TOKENS and told.shape[:2] == shape:
            mean: Vectors = np.einsum("ntd,nt->nd", told, mask) / np.maximum(
                mask.sum(axis=1, keepdims=True), 1
            )
            return mean
        raise self._stranger(f"it answers {told.shape} to {shape[0]} texts of {shape[1]} tokens")

    def _run(self, given: dict[str, NDArray[np.int64]]) -> Vectors:
        typed = {
            name: given[name].astype(np.int32 if kind == "tensor(int32)" else np.int64)
            for name, kind in self._types.items()
        }
        try:
            [told] = self._session.run([self._output], typed)
        except Exception as error:  # its kinds of failure have no class in common
            raise self._stranger(f"it refuses them: {error}") from error
        return np.asarray(told, dtype=np.float32)

    def _stranger(self, why: str) -> ProviderFailed:
        return ProviderFailed(
            f"{self._files[0].name} is no network that mvkit can compare phrases with: {why}. "
            f"{ADVICE}",
            retryable=False,
        )


def find_sentence_model(name: str) -> SentenceModel:
    """Return the encoder of a folder, loaded once.

    Parameters
    ----------
    name : str
        Path of the folder; a leading ``~`` is one's home.

    Raises
    ------
    InvalidInput
        ``NOT_INSTALLED`` if a package is missing, ``NO_WEIGHTS`` if the folder is, or what should
        be in it.
    """
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise InvalidInput(
            f"MVKIT_SENTENCE_MODEL needs {' and '.join(missing)}, not installed here; "
            "`pip install -r requirements-wishes.txt` installs what it needs.",
            reason="NOT_INSTALLED",
        )
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {name}. {ADVICE}", reason="NO_WEIGHTS")
    stamp = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.iterdir()))
    return _loaded(folder, stamp)


@lru_cache(maxsize=1)
def _loaded(folder: Path, _stamp: object) -> SentenceModel:
    return SentenceModel(folder)


def _network_in(folder: Path) -> Path:
    """Return the network of a folder: the one of the usual name, or the only one."""
    found = sorted(folder.glob("*.onnx"))
    named = [path for path in found if path.name == NETWORK] or found
    if len(named) != 1:
        raise InvalidInput(
            f"{folder} holds {len(found)} files of ONNX, expected {NETWORK}, or only one. {ADVICE}",
            reason="NO_WEIGHTS",
        )
    return named[0]


def _load_tokenizer(path: Path) -> Any:
    """Return what cuts texts into tokens, at most ``MAX_TOKENS`` and no more than there are."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # it raises nothing narrower
        raise InvalidInput(
            f"{path} cannot be read as a tokenizer: {error}. Expected the one of the encoder "
            f"beside its network. {ADVICE}",
            reason="NO_WEIGHTS",
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _load_network(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # so that sums are taken in one order, however busy it is here
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its kinds of failure have no class in common
        raise InvalidInput(
            f"{path.name} cannot be read as a network: {error}. {ADVICE}", reason="NO_WEIGHTS"
        ) from error
