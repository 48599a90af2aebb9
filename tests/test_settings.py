"""Settings come from the environment or one file, and misspelt ones are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvkit.errors import InvalidInput
from mvkit.settings import get_settings


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mvkit.toml").write_text('clips_at_once = 3\nvideo = "film"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MVKIT_CLIPS_AT_ONCE", "7")
    settings = get_settings()
    assert (settings.clips_at_once, settings.video) == (7, "film")


def test_a_misspelt_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mvkit.toml").write_text("clips_at_onc = 3\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="clips_at_onc"):
        get_settings()


def test_an_impossible_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_BUDGET_USD_HARD", "500")
    with pytest.raises(InvalidInput, match=r"budget_usd_hard.*500"):
        get_settings()
