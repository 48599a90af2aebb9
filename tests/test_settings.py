"""Settings come from the environment or one file, and misspelt ones are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvkit import settings
from mvkit.errors import InvalidInput
from mvkit.settings import get_settings


def write_settings(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mvkit.toml").write_text(text)
    monkeypatch.setattr(settings, "SETTINGS_FILE", folder / "mvkit.toml")


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settings('clips_at_once = 3\nvideo = "film"\n', tmp_path, monkeypatch)
    monkeypatch.setenv("MVKIT_CLIPS_AT_ONCE", "7")
    settings = get_settings()
    assert (settings.clips_at_once, settings.video) == (7, "film")


def test_a_misspelt_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings("clips_at_onc = 3\n", tmp_path, monkeypatch)
    with pytest.raises(InvalidInput, match="clips_at_onc"):
        get_settings()


def test_an_impossible_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_CLIPS_AT_ONCE", "500")
    with pytest.raises(InvalidInput, match=r"clips_at_once.*500"):
        get_settings()


def test_a_file_that_is_not_toml_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings("clips_at_once = = 3", tmp_path, monkeypatch)
    with pytest.raises(InvalidInput, match="not TOML"):
        get_settings()


def test_processes_of_ours_agree_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel works elsewhere, but with the same settings."""
    write_settings("clips_at_once = 3\nstage_timeout_s = 1.5\n", tmp_path, monkeypatch)
    ours = get_settings()
    for name, value in ours.as_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settings, "SETTINGS_FILE", tmp_path / "elsewhere.toml")
    get_settings.cache_clear()
    assert get_settings() == ours.model_copy(update={"runs_dir": ours.runs_dir.resolve()})
