"""Words that are not in the vocabulary, by an encoder made here: one vector a word, some near."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.director import Wish, load_knowledge, plan_video, read_wish
from mvkit.director.wish import kindred, recall_wish, sentence_model
from mvkit.director.wish.sentence_model import SentenceModel, find_sentence_model
from mvkit.doctor.machine import machine_reports
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.settings import get_settings

from .steady_songs import make_brief, steady_song

onnx = pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")
pytest.importorskip("onnxruntime")

INT32, INT64, FLOAT = (getattr(onnx.TensorProto, name) for name in ("INT32", "INT64", "FLOAT"))
N_DIMENSIONS = 256
NEAR_TO = {
    **{"fjord": ("lake", 0.9), "tarn": ("lake", 0.8), "puddle": ("lake", 0.3)},
    **{"lorry": ("car", 0.9), "rueful": ("sad", 0.9), "throng": ("crowd", 0.95)},
    **{"about": ("lake", 0.95), "surgeon": ("doctor", 0.9)},
}
"""Words, and how near they lie to others, as a cosine."""
HALVES = ("ripple", "basin")
"""Two words whose mean is the vector of *lake*, though neither lies near it."""
ALL = ("input_ids", "attention_mask", "token_type_ids")
Chooser = Callable[[Path], None]
PROMPT = "A woman waits by a fjord, and the film is as slow as the song allows."


def vocabulary() -> list[str]:
    calls = load_knowledge().lexicon.calls()
    known = {word for call in calls for word in call.phrase}
    return ["[UNK]", *sorted(known | NEAR_TO.keys() | set(HALVES))]


def word_vectors(words: list[str]) -> NDArray[np.float32]:
    """Return vectors of which any two are nearly at right angles, but for those told above."""
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(len(words), N_DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    at = {word: index for index, word in enumerate(words)}
    for word, (other, cosine) in NEAR_TO.items():
        aside = np.sqrt(1 - cosine**2)
        vectors[at[word]] = cosine * vectors[at[other]] + aside * vectors[at[word]]
    one, other = (at[word] for word in HALVES)
    aside = 3 * vectors[one]
    vectors[one], vectors[other] = vectors[at["lake"]] + aside, vectors[at["lake"]] - aside
    return vectors.astype(np.float32)


def write_network(
    path: Path,
    vectors: NDArray[np.float32],
    *,
    inputs: tuple[str, ...] = ALL,
    output: str = "last_hidden_state",
    ids: int = INT64,
) -> None:
    """Write a network that looks up a vector for each token, or answers their masked mean."""
    helper = onnx.helper
    given = [helper.make_tensor_value_info(name, ids, ["n", "t"]) for name in inputs]
    tensors = [onnx.numpy_helper.from_array(vectors, "table")]
    nodes = [helper.make_node("Gather", ["table", inputs[0]], ["tokens"])]
    if output == "sentence_embedding":
        tensors.append(onnx.numpy_helper.from_array(np.array([2]), "last"))
        tensors.append(onnx.numpy_helper.from_array(np.array([1]), "middle"))
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["mask"], to=FLOAT),
            helper.make_node("Unsqueeze", ["mask", "last"], ["masks"]),
            helper.make_node("Mul", ["tokens", "masks"], ["masked"]),
            helper.make_node("ReduceSum", ["masked", "middle"], [output], keepdims=0),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["tokens"], [output]))
    told = [helper.make_tensor_value_info(output, FLOAT, None)]
    graph = helper.make_graph(nodes, "encoder", given, told, tensors)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)


def write_tokenizer(path: Path, words: list[str]) -> None:
    """Write a tokenizer that pads all texts to a length of its own, as published ones do."""
    ids = {word: index for index, word in enumerate(words)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.enable_padding(length=128)
    tokenizer.save(str(path))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, words = tmp_path_factory.mktemp("encoder"), vocabulary()
    write_network(folder / "model.onnx", word_vectors(words))
    write_tokenizer(folder / "tokenizer.json", words)
    return folder


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Chooser:
    def chosen(folder: Path) -> None:
        monkeypatch.setenv("MVKIT_SENTENCE_MODEL", str(folder))
        get_settings.cache_clear()

    return chosen


def read(text: str, encoder: Path) -> Wish:
    return read_wish(text, load_knowledge(), sentence_model=str(encoder))


# What is hinted at


def test_a_word_that_is_not_known_counts_as_the_nearest_that_is(encoder: Path) -> None:
    """Which is told so that a person sees it; without the encoder it is passed over."""
    wish = read("A woman waits by a fjord", encoder)
    assert wish.worlds == read_wish("a lake", load_knowledge()).worlds
    assert wish.understood["place"] == ("fjord ~ lake",)
    assert not read_wish("A woman waits by a fjord", load_knowledge()).worlds


def test_things_and_feelings_are_hinted_at_beside_places(encoder: Path) -> None:
    """Each kind once; a colour before a thing is the thing's."""
    wish = read("a rueful man, a red lorry and a fjord", encoder)
    assert wish.understood["mood"] == ("rueful ~ sad",)
    assert wish.understood["things"] == ("red lorry ~ red car",)
    assert [thing.phrase for thing in wish.things] == ["a red car"]
    assert not wish.colours


def test_neighbours_are_compared_together(encoder: Path) -> None:
    """Two words that lie near nothing may do so together, but not across a comma."""
    assert read("a ripple basin", encoder).understood["place"] == ("ripple basin ~ lake",)
    assert not read("a ripple, basin", encoder).worlds


def test_the_nearest_of_two_words_is_taken(encoder: Path) -> None:
    assert read("a tarn or a fjord", encoder).understood["place"] == ("fjord ~ lake",)


def test_a_word_that_is_there_is_never_overruled(encoder: Path) -> None:
    wish = read("a fjord in a desert", encoder)
    assert wish.understood["place"] == ("desert",)
    assert wish.worlds == read_wish("a desert", load_knowledge()).worlds


@pytest.mark.parametrize(
    "text",
    [
        "a puddle",  # too far
        "a film about it",  # a small word, whatever the encoder makes of it
        "a street without a fjord",
        "no fjord",
        "not a fjord",
        "no lake, just a fjord",
        "a ball",  # which is known as part of others, and needs them
    ],
)
def test_what_is_far_or_small_or_denied_hints_at_nothing(text: str, encoder: Path) -> None:
    assert "~" not in str(read(text, encoder).understood)


@pytest.mark.parametrize("text", ["a throng", "a surgeon"])
def test_nobody_is_guessed(text: str, encoder: Path) -> None:
    """Neither the crowd that a word is nearest to, nor whatever comes after a person."""
    assert read(text, encoder) == read_wish(text, load_knowledge())


def test_plans_are_the_same_again_and_told_with_their_hints(encoder: Path, choose: Chooser) -> None:
    """And what a plan tells is recalled as it was read."""
    song, brief, knowledge = steady_song(), make_brief(prompt=PROMPT), load_knowledge()
    before = plan_video(brief, song)
    choose(encoder)
    plan = plan_video(brief, song)
    assert "place" not in before.understood
    assert plan.understood["place"] == ("fjord ~ lake",)
    assert plan == plan_video(brief, song)
    assert recall_wish(plan, knowledge).worlds == read("a lake", encoder).worlds


def test_without_the_setting_nothing_of_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kindred", "sentence_model"):
        monkeypatch.delitem(sys.modules, f"mvkit.director.wish.{name}", raising=False)
    read_wish(PROMPT, load_knowledge())
    assert not {"mvkit.director.wish.kindred", "mvkit.director.wish.sentence_model"} & set(
        sys.modules
    )


# What is kept


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the texts that are encoded at a time."""
    counts: list[int] = []
    encode = SentenceModel.encode

    def counting(self: SentenceModel, texts: list[str]) -> NDArray[np.float32]:
        counts.append(len(texts))
        return encode(self, texts)

    monkeypatch.setattr(SentenceModel, "encode", counting)
    return counts


def test_the_vocabulary_is_encoded_once(encoder: Path, encoded: list[int], runs_dir: Path) -> None:
    """And again if what is kept is damaged, which changes no wish."""
    wish = read("a fjord", encoder)
    assert max(encoded) > 2000
    encoded.clear()
    assert read("a fjord", encoder) == wish
    assert encoded == [1]
    [kept] = (runs_dir / ".cache" / "phrases").iterdir()
    data = bytearray(kept.read_bytes())
    for damaged in (b"", bytes(data[:1000]), bytes([*data[:-1], data[-1] ^ 1])):
        kept.write_bytes(damaged)
        encoded.clear()
        assert read("a fjord", encoder) == wish
        assert max(encoded) > 2000
        assert kept.read_bytes() == data


def test_another_encoder_is_not_given_the_vectors_of_the_first(
    encoder: Path, encoded: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old vectors go."""
    monkeypatch.setattr(kindred, "KEPT", 1)
    words = vocabulary()
    write_network(tmp_path / "other.onnx", -word_vectors(words))
    write_tokenizer(tmp_path / "tokenizer.json", words)
    read("a fjord", encoder)
    encoded.clear()
    assert read("a fjord", tmp_path).understood["place"] == ("fjord ~ lake",)
    assert max(encoded) > 2000
    assert len(list((get_settings().runs_dir / kindred.FOLDER).iterdir())) == 1


def test_a_cache_that_does_not_work_makes_nobody_fail(
    encoder: Path, runs_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs_dir.mkdir()
    (runs_dir / ".cache").write_text("a file in the way")
    with caplog.at_level(logging.WARNING):
        assert read("a fjord", encoder).understood["place"] == ("fjord ~ lake",)
    assert "are not kept" in caplog.text


# The encoder


@pytest.mark.parametrize(
    ("inputs", "output", "ids"),
    [
        (ALL, "sentence_embedding", INT64),
        (ALL[:2], "last_hidden_state", INT64),
        (ALL[:2], "sentence_embedding", INT32),
    ],
)
def test_encoders_of_each_usual_form_say_the_same(
    inputs: tuple[str, ...], output: str, ids: int, encoder: Path, tmp_path: Path
) -> None:
    """Vectors have length one, and padding counts for nothing."""
    words = vocabulary()
    write_network(
        tmp_path / "model.onnx", word_vectors(words), inputs=inputs, output=output, ids=ids
    )
    write_tokenizer(tmp_path / "tokenizer.json", words)
    texts = ["lake", "a frozen lake at night", "fjord"]
    vectors = find_sentence_model(str(tmp_path)).encode(texts)
    assert vectors == pytest.approx(find_sentence_model(str(encoder)).encode(texts), abs=1e-6)
    assert vectors[:1] == pytest.approx(SentenceModel(tmp_path).encode(texts[:1]), abs=1e-6)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)
    assert vectors[0] @ vectors[2] == pytest.approx(0.9, abs=0.05)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, encoder: Path) -> None:
    monkeypatch.setattr(sentence_model, "find_spec", lambda _: None)
    with pytest.raises(InvalidInput, match=r"MVKIT_SENTENCE_MODEL.*requirements-wishes") as caught:
        read("a fjord", encoder)
    assert caught.value.reason == "NOT_INSTALLED"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "holds 0 files of ONNX"),
        ({"a.onnx": b"no", "b.onnx": b"no"}, "holds 2 files of ONNX"),
        ({"model.onnx": b"no network"}, "tokenizer.json cannot be read as a tokenizer"),
        ({"model.onnx": b"no network", "tokenizer.json": b"{}"}, "cannot be read as a tokenizer"),
        ({"model.onnx": b"no network", "tokenizer.json": None}, "cannot be read as a network"),
    ],
)
def test_a_folder_that_holds_no_encoder_is_told(
    files: dict[str, bytes | None], told: str, encoder: Path, tmp_path: Path
) -> None:
    """With what was expected, and the setting."""
    for name, content in files.items():
        (tmp_path / name).write_bytes(content or (encoder / name).read_bytes())
    with pytest.raises(InvalidInput, match=rf"{told}[^$]*MVKIT_SENTENCE_MODEL") as caught:
        read("a fjord", tmp_path)
    assert caught.value.reason == "NO_WEIGHTS"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no folder .*MVKIT_SENTENCE_MODEL"):
        read("a fjord", tmp_path / "none")


@pytest.mark.parametrize(
    ("inputs", "output"),
    [
        (("pixels", "mask"), "last_hidden_state"),
        ((*ALL, "position_ids"), "last_hidden_state"),
        (ALL, "logits"),
    ],
)
def test_a_network_of_another_kind_is_told(
    inputs: tuple[str, ...], output: str, encoder: Path, tmp_path: Path
) -> None:
    """With what it takes and answers."""
    table = np.zeros((3, 2), np.float32)
    write_network(tmp_path / "model.onnx", table, inputs=inputs, output=output)
    (tmp_path / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes())
    with pytest.raises(InvalidInput, match=rf"takes .*{inputs[0]}.* and answers {output}"):
        read("a fjord", tmp_path)


def test_a_network_that_does_not_know_the_tokens_is_told(encoder: Path, tmp_path: Path) -> None:
    """As where network and tokenizer are of two encoders."""
    write_network(tmp_path / "model.onnx", np.zeros((3, 2), np.float32))
    (tmp_path / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes())
    with pytest.raises(ProviderFailed, match=r"it refuses them.*MVKIT_SENTENCE_MODEL"):
        read("a fjord", tmp_path)


def test_the_doctor_tries_the_encoder(encoder: Path, choose: Chooser, tmp_path: Path) -> None:
    """Where one is chosen; a problem is told with what to do."""

    def told() -> tuple[str, tuple[str, ...]]:
        [part] = (part for part in machine_reports() if part.part == "wishes")
        return part.found, part.problems

    assert told() == ("read by mvkit's own words", ())
    choose(encoder)
    assert told() == (f"read with {encoder.name}, too", ())
    choose(tmp_path / "none")
    [problem] = told()[1]
    assert "MVKIT_SENTENCE_MODEL" in problem
