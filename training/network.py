"""Train the network that hears beats and bars, and write its weights where the package reads them.

Run as ``python -m training.network --cache DIR``; it needs PyTorch, and about half an hour on two
cores. What it learns from is made at random (`training.network_data`): other songs than those that
the ear's own weights are fitted to and judged on.

Contents
--------
PulseNetwork, train, write_network, read_network, main
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

import mvkit.analysis
from mvkit.analysis.network import DILATIONS, FRONT_STRIDES, STEP_FRAMES
from training.network_data import (
    FIRST_SEED,
    Excerpts,
    FloatArray,
    Heard,
    hear_other,
    hear_song,
    load_heard,
)

N_CHANNELS, FRONT_CHANNELS = 28, (12, 20)
FRONT_KERNELS = ((5, 5), (4, 3))  # bands, frames
N_MELS = 48
BATCH = 8
DOWNBEAT_SHARE = 0.5
DROPPED = 0.08
WARM_STEPS, TOLD_EVERY, EXAM_BATCHES = 60, 100, 5
WEIGHTS = Path(mvkit.analysis.__file__).with_name("network.npz")


class PulseNetwork(nn.Module):
    """A front end over neighbouring bands and frames, and dilated convolutions over time."""

    def __init__(self) -> None:
        super().__init__()
        first, second = FRONT_CHANNELS
        self.front1 = nn.Conv2d(
            1, first, FRONT_KERNELS[0], stride=(FRONT_STRIDES[0], STEP_FRAMES), padding=(1, 2)
        )
        self.front2 = nn.Conv2d(
            first, second, FRONT_KERNELS[1], stride=(FRONT_STRIDES[1], 1), padding=(0, 1)
        )
        n_bands = N_MELS // FRONT_STRIDES[0] // FRONT_STRIDES[1]
        self.enter = nn.Conv1d(second * n_bands, N_CHANNELS, 1)
        self.wide = nn.ModuleList(
            nn.Conv1d(N_CHANNELS, N_CHANNELS, 5, dilation=d, padding=2 * d) for d in DILATIONS
        )
        self.mixed = nn.ModuleList(nn.Conv1d(N_CHANNELS, N_CHANNELS, 1) for _ in DILATIONS)
        self.leave = nn.Conv1d(N_CHANNELS, 2, 1)
        self.drop = nn.Dropout1d(DROPPED)
        nn.init.constant_(self.leave.bias, -3.0)
        for mixed in self.mixed:
            nn.init.normal_(mixed.weight, std=0.05)

    def forward(self, levelled: torch.Tensor) -> torch.Tensor:
        """Return log odds, shape (batch, 2, n_steps), of inputs (batch, n_mels, n_frames)."""
        heard = nn.functional.elu(self.front1(levelled[:, None]))
        heard = nn.functional.elu(self.front2(heard))
        heard = nn.functional.elu(self.enter(heard.flatten(1, 2)))
        for wide, mixed in zip(self.wide, self.mixed, strict=True):
            heard = heard + mixed(self.drop(nn.functional.elu(wide(heard))))
        return self.leave(nn.functional.elu(heard))


def train(
    network: PulseNetwork,
    songs: Sequence[Heard],
    others: Sequence[Heard],
    held: Sequence[Heard],
    *,
    rate: float,
    n_steps: int,
    n_workers: int,
) -> None:
    """Train in place: so many workers, each so many steps, all on the same weights.

    None waits for another, after Recht et al., "Hogwild!: a lock-free approach to parallelizing
    stochastic gradient descent" (NeurIPS 2011).
    """
    network.share_memory()
    forked = multiprocessing.get_context("fork")
    workers = [
        forked.Process(target=_work, args=(network, songs, others, held, rate, n_steps, number))
        for number in range(n_workers)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _work(
    network: PulseNetwork,
    songs: Sequence[Heard],
    others: Sequence[Heard],
    held: Sequence[Heard],
    rate: float,
    n_steps: int,
    number: int,
) -> None:
    """Take steps, the rate rising first and then falling to nothing; the first worker tells."""
    torch.manual_seed(number)
    excerpts, examiner = Excerpts(songs, others, seed=number), Excerpts(held, others, seed=2)
    exam = [examiner.batch(BATCH) for _ in range(EXAM_BATCHES)]
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
    losses = []
    for step in range(n_steps):
        for group in optimiser.param_groups:
            warm = min(1.0, (step + 1) / WARM_STEPS)
            group["lr"] = rate * warm * 0.5 * (1 + np.cos(np.pi * step / n_steps))
        loss = loss_of(network, *excerpts.batch(BATCH))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if number == 0 and (step + 1) % TOLD_EVERY == 0:
            network.eval()
            with torch.no_grad():
                held_loss = np.mean([float(loss_of(network, *each)) for each in exam])
            network.train()
            print(f"{step + 1}: loss {np.mean(losses):.4f}, held {held_loss:.4f}", flush=True)
            losses.clear()


def loss_of(network: PulseNetwork, levelled: FloatArray, told: FloatArray) -> torch.Tensor:
    """Return the cross entropy of what the network tells, beats counting more than downbeats."""
    odds = network(torch.from_numpy(levelled))
    loss = nn.functional.binary_cross_entropy_with_logits(
        odds, torch.from_numpy(told), reduction="none"
    ).mean(dim=(0, 2))
    return loss[0] + DOWNBEAT_SHARE * loss[1]


def write_network(network: PulseNetwork, path: Path) -> None:
    """Write the weights, half as precise as they were trained."""
    named = {name: value.numpy() for name, value in network.state_dict().items()}
    np.savez_compressed(path, **{name: each.astype(np.float16) for name, each in named.items()})


def read_network(network: PulseNetwork, path: Path) -> None:
    """Put weights back."""
    with np.load(path) as stored:
        named = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
    network.load_state_dict(named)


def main() -> None:
    """Make, listen, train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=1470)
    parser.add_argument("--others", type=int, default=500)
    parser.add_argument("--held", type=int, default=80)
    parser.add_argument("--steps", type=int, default=3000, help="so many each worker takes")
    parser.add_argument("--rate", type=float, default=0.003, help="highest rate of learning")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--cache", type=Path, help="folder that keeps what was heard")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    wanted = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    first = FIRST_SEED
    others = load_heard(hear_other, range(first, first + wanted.others), wanted.cache)
    songs = load_heard(hear_song, range(first, first + wanted.songs), wanted.cache)
    held = load_heard(hear_song, range(1_000_000, 1_000_000 + wanted.held), wanted.cache)
    network = PulseNetwork()
    if wanted.start is not None:
        read_network(network, wanted.start)
    train(
        network,
        songs,
        others,
        held,
        rate=wanted.rate,
        n_steps=wanted.steps,
        n_workers=wanted.workers,
    )
    write_network(network, wanted.output)


if __name__ == "__main__":
    main()
