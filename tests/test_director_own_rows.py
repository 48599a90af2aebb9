"""A user's own rows: merged over ours, refused with the file and the row, the operator's alone."""

from __future__ import annotations

import os
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mvkit import settings
from mvkit.chain import STAGES, check_options
from mvkit.director import load_knowledge, plan_video, read_wish
from mvkit.director.knowledge.loading import read_tables
from mvkit.director.knowledge.own import merged, own_notes, own_origins
from mvkit.director.knowledge.own_file import RECORDS, ROWS, called
from mvkit.director.rules import Rule
from mvkit.errors import InvalidInput
from mvkit.run import Run
from mvkit.schema import Brief, Choices, Plan, Shot
from mvkit.settings import get_settings

from .conftest import ROOT
from .steady_songs import make_brief, steady_song

SAID = {"advice": "Do.", "source": "Somebody"}
OURS: dict[str, list[dict[str, Any]]] = {
    "rules": [
        {
            "id": "pace_chorus",
            "when": {"section": ["chorus"], "energy": {"min": 0.5, "max": 0.9}},
            "then": {"shot_s": 1.5, "size": {"close": 3, "wide": 0.5}},
            **SAID,
        },
        {"id": "folk_walks", "when": {"genre": ["folk"]}, "then": {"shot_s": 4.0}, **SAID},
        {"id": "both_walk", "when": {"genre": ["folk", "jazz"]}, "then": {"shot_s": 3.0}, **SAID},
    ],
    "principles": [{"id": "by_hand", **SAID}],
    "phrases": [{"id": "told", "of": "mood", "text": "calm around {them}", **SAID}],
    "worlds": [{"id": "forest", "words": ["forest", "woods"], **SAID}],
    "genres": [
        {"id": "folk", "name": "folk", "words": ["folk"], **SAID},
        {"id": "jazz", "name": "jazz", "words": ["jazz"], **SAID},
    ],
    "limits": [{"id": "few_flashes", "of": "flashes_per_s", "most": 3.0, **SAID}],
    "colours": [
        {"name": "red", "hex": "#FF0000", "words": ["scarlet"]},
        {"name": "gold", "hex": "#FFCC00", "words": ["golden", "amber"]},
    ],
    "seasons": [{"name": "winter", "phrase": "in deep winter", "words": ["winter", "wintry"]}],
}
RULE = '[[rules]]\nid = "mine"\nadvice = "Do."\n'
PLACE = """
[[locations]]
id = "{id}"
name = "a grove"
placed = "in a grove"
words = {words}
description = "A grove"
times = ["day"]
weathers = ["clear"]
valence = 0.5
arousal = 0.5
look = "green"
views = ["Leaves move"]
details = ["Light falls through leaves"]
advice = "Do."
stand_in = "forest"
"""


def own_file(folder: Path, text: str, name: str = "mine.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def row_of(tables: dict[str, list[dict[str, Any]]], row_id: str) -> dict[str, Any]:
    return next(row for name in ROWS for row in tables[name] if row["id"] == row_id)


def test_a_row_of_ours_changes_only_what_it_gives(tmp_path: Path) -> None:
    """One effect is replaced; other effects, conditions and the advice stay."""
    own = own_file(tmp_path, '[[rules]]\nid = "pace_chorus"\nthen.shot_s = 1.2\nweight = 2')
    changed = row_of(merged(OURS, own), "pace_chorus")
    ours = OURS["rules"][0]
    assert changed == ours | {"then": ours["then"] | {"shot_s": 1.2}, "weight": 2}
    assert ours["then"]["shot_s"] == 1.5


def test_what_stands_behind_a_name_is_replaced_whole(tmp_path: Path) -> None:
    """Half a condition or an effect of ours would hold on, unseen by who changes the other half."""
    text = '[[rules]]\nid = "pace_chorus"\nwhen.energy = { min = 0.2 }\nthen.size = { wide = 2 }'
    changed = row_of(merged(OURS, own_file(tmp_path, text)), "pace_chorus")
    assert changed["when"] == {"section": ["chorus"], "energy": {"min": 0.2}}
    assert changed["then"] == {"shot_s": 1.5, "size": {"wide": 2}}


def test_a_new_id_is_added_before_ours_and_names_its_file(tmp_path: Path) -> None:
    tables = merged(OURS, own_file(tmp_path, RULE + "then.shot_s = 2.0"))
    assert [row["id"] for row in tables["rules"]][:2] == ["mine", "pace_chorus"]
    assert row_of(tables, "mine")["source"] == "own row, mine.toml"


def test_off_leaves_rows_out_and_rules_that_ask_for_nothing_else(tmp_path: Path) -> None:
    own = own_file(tmp_path, f'off = ["folk", "mine"]\n{RULE}then.shot_s = 2.0')
    tables = merged(OURS, own)
    assert [row["id"] for row in tables["genres"]] == ["jazz"]
    assert [row["id"] for row in tables["rules"]] == ["pace_chorus", "both_walk"]
    assert row_of(tables, "both_walk")["when"] == {"genre": ["jazz"]}


def test_an_entry_of_our_name_is_changed_and_called_by_more_words(tmp_path: Path) -> None:
    text = (
        '[[colours]]\nname = "red"\nwords = ["Ruby"]\n[[seasons]]\nname = "winter"\nphrase = "cold"'
    )
    tables = merged(OURS, own_file(tmp_path, text))
    assert tables["colours"][0] == {"name": "red", "hex": "#FF0000", "words": ["scarlet", "ruby"]}
    assert tables["seasons"] == [OURS["seasons"][0] | {"phrase": "cold"}]


def test_own_words_call_own_things_alone(tmp_path: Path) -> None:
    """A word is taken from all of ours of its kind; worlds and locations are one."""
    text = '[[colours]]\nname = "honey"\nhex = "#EEAA00"\nwords = ["amber"]\n'
    text += PLACE.format(id="grove", words='["grove", "woods"]')
    tables = merged(OURS, own_file(tmp_path, text))
    assert [colour.get("words") for colour in tables["colours"][1:]] == [["golden"], ["amber"]]
    assert tables["worlds"][0]["words"] == ["forest"]
    assert tables["locations"][0]["words"] == ["grove", "woods"]


def test_own_rows_may_share_words(tmp_path: Path) -> None:
    place = PLACE.format(id="grove", words='["grove"]') + PLACE.format(id="gap", words='["grove"]')
    tables = merged(OURS, own_file(tmp_path, place))
    assert [row["words"] for row in tables["locations"]] == [["grove"], ["grove"]]


def test_limits_are_lowered_but_not_raised(tmp_path: Path) -> None:
    limit = '[[limits]]\nid = "few_flashes"\nmost = {}'
    assert merged(OURS, own_file(tmp_path, limit.format(1.0)))["limits"][0]["most"] == 1.0
    with pytest.raises(
        InvalidInput, match=r"mine.toml: most of 'few_flashes' is 4, expected 3.0 or less"
    ):
        merged(OURS, own_file(tmp_path, limit.format(4)))


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    """All its TOML files count, but neither hidden ones nor others."""
    own_file(tmp_path, 'off = ["folk"]', "a.toml")
    own_file(tmp_path, RULE + "then.shot_s = 2.0", "b.toml")
    own_file(tmp_path, "not = TOML", ".b.toml")
    own_file(tmp_path, "not TOML", "b.toml~")
    origins = own_origins(OURS, tmp_path)
    told = {row_id: origin for row_id, origin in origins.items() if origin != "ours"}
    assert told == {"folk": "left out", "mine": "yours"}
    own_file(tmp_path, RULE + "then.shot_s = 3.0", "c.toml")
    with pytest.raises(InvalidInput, match=r"c.toml: row 'mine' .* stands in b.toml already"):
        merged(OURS, tmp_path)


def test_what_is_changed_is_told_in_a_sentence(tmp_path: Path) -> None:
    ids = ["pace_chorus", "folk_walks", "both_walk", "told", "jazz", "few_flashes"]
    tables = {row["id"]: name for name in ROWS for row in OURS.get(name, ())}
    text = "".join(f'[[{tables[row_id]}]]\nid = "{row_id}"\nadvice = "Do so."\n' for row_id in ids)
    own = own_file(tmp_path, 'off = ["folk"]\n' + text + '[[colours]]\nname = "red"\n')
    (note,) = own_notes(OURS, own)
    assert note == (
        "The director goes by mine.toml: it changes pace_chorus, folk_walks, both_walk, told and 2 "
        "more, leaves out folk and gives 1 entry of the vocabulary."
    )
    assert own_notes(OURS, own_file(tmp_path, "# nothing yet")) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[rules]", "mine.toml is not TOML: "),
        ("[[rulse]]\nid = 'x'", "no table 'rulse'; near it is rules"),
        ("off = 'folk'", "off is 'folk', expected a list of ids"),
        ("off = ['folc']", "off has 'folc', which is no row; near it is folk"),
        ("off = ['forest']", "off has 'forest', one of [[worlds]], which can be changed but"),
        ("[rules]\nid = 'x'", "rules is no list of tables, expected [[rules]]"),
        ("[rules.pace_chorus]\nweight = 2", "expected [[rules]] above each row"),
        ("[[rules]]\nthen.shot_s = 1.0", "entry 1 of [[rules]] has no id"),
        ("[[rules]]\nid = 5", "has 5 as its id"),
        (RULE + "off = ['folk']\nthen.shot_s = 1", "above the first [[ ]] of the file"),
        ("off = ['folk', 'jazz']", "off leaves none of [[genres]]"),
        (
            RULE + "then.shot_s = -1",
            "row 'mine' of [[rules]]: then.shot_s is -1, expected a number",
        ),
        (RULE + "then.shot_s = '1.2'", "then.shot_s is '1.2', expected a number above 0"),
        (RULE + "then.shot_s = nan", "then.shot_s is nan"),
        (RULE + "then.shot_s = true", "then.shot_s is True"),
        (RULE + "then = 2", "then is 2, expected effects"),
        (RULE + "then.size = 'close'", "then.size is 'close', expected chances"),
        (RULE + "then.size = { closeup = 2 }", "then.size has 'closeup'; near it is close"),
        (RULE + "then.size = { close = -1 }", "has close = -1, expected a number: 0 for never"),
        (RULE + "then.shot_s = 1\nweight = 0", "weight: Input should be greater than 0"),
        (RULE + "then.shot_s = 1\nwieght = 2", "has no field 'wieght'; near it is weight"),
        (RULE + "then.sise = { wide = 2 }", "then decides 'sise'; near it is size"),
        (
            RULE + "when.enrgy = { min = 1 }\nthen.shot_s = 1",
            "when asks for 'enrgy'; near it is energy",
        ),
        (RULE + "when = 1\nthen.shot_s = 1", "when is 1, expected conditions"),
        (RULE + "when.energy.mim = 1\nthen.shot_s = 1", "is {'mim': 1}, expected min and max"),
        (RULE + "when.energy = 1\nthen.shot_s = 1", "when.energy is 1, expected min and max"),
        (
            RULE + "when.section = ['refrain']\nthen.shot_s = 1",
            "section asks for 'refrain'; expected one of the words intro",
        ),
        (
            "[[rules]]\nid = 'pace_chors'\nthen.shot_s = 1",
            "is new and lacks advice. To change a row of ours, give its id: pace_chorus",
        ),
        ("[[rules]]\nid = 'Mine'\nadvice = 'Do.'\nthen.shot_s = 1", "id: String should match"),
        ("[[phrases]]\nid = 'pace_chorus'\nweight = 2", "'pace_chorus' is one of our [[rules]]"),
        ("[[phrases]]\nid = 'told'\ntext = 'for {him}'", "has {him} in text, expected {them}"),
        ("[[phrases]]\nid = 'told'\ntext = 'for {them'", "has a brace without a partner"),
        (
            "[[worlds]]\nid = 'forrest'",
            "near it is forest. A place of yours is one of [[locations]]",
        ),
        (PLACE.format(id="a", words="'grove'"), "words is 'grove', expected a list"),
        (PLACE.format(id="a", words="['森']"), "words has '森', expected Latin letters"),
        (PLACE.format(id="a", words="['forest', 'woods']"), "takes all words of 'forest'"),
        (PLACE.format(id="a", words="['grove']").replace("0.5", "'0.5'"), "found '0.5'"),
        (PLACE.format(id="a", words="['grove']").replace("0.5", "inf"), "valence: Input should be"),
        ("[[colours]]\nname = 'ruby'\nhex = 'red'", "entry 1 of [[colours]] does not hold"),
        ("[[colours]]\nname = 'ruby'\nhex = '#AA0011'\nwords = ['red']", "'red', the name of a"),
        ((RULE + "then.shot_s = 1\n") * 2, "row 'mine' of [[rules]] stands in mine.toml already"),
    ],
)
def test_wrong_rows_are_refused_with_their_file_and_what_is_expected(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        merged(OURS, own_file(tmp_path, text))
    assert refusal.value.reason == "KNOWLEDGE"
    assert "mine.toml" in refusal.value.message
    assert told in refusal.value.message


def test_files_that_cannot_be_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expect(path: Path, told: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            merged(OURS, path)
        assert str(path.name) in refusal.value.message
        assert told in refusal.value.message

    own = own_file(tmp_path, "", "mine.toml")
    expect(tmp_path / "mien.toml", "not there, expected a TOML file or a folder of such; beside")
    (tmp_path / "empty").mkdir()
    expect(tmp_path / "empty", "holds no .toml file")
    expect(Path(os.devnull), "neither a file nor a folder")
    own.write_bytes(b"\xff\xfe")
    expect(own, "not text in UTF-8")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    expect(own, "cannot be read: Permission denied")


def test_files_as_some_editors_write_them_are_read(tmp_path: Path) -> None:
    """A byte order mark and the line ends of another system are no matter."""
    own = tmp_path / "mine.toml"
    own.write_bytes("\ufeffoff = [\r\n'folk']\r\n".encode())
    assert len(merged(OURS, own)["genres"]) == 1


def test_every_entry_of_ours_can_be_told_apart() -> None:
    """Or a user's entry would change one of two that are called alike."""
    tables = read_tables(files("mvkit.director.knowledge"))
    for name in set(RECORDS) - set(ROWS):
        names = Counter(called(entry) for entry in tables.get(name, ()) if called(entry))
        assert all(n == 1 for n in names.values()), name


# --- The setting -----------------------------------------------------------------------------


def use(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_KNOWLEDGE", str(own))
    get_settings.cache_clear()


def test_films_are_planned_by_own_rows_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file counts at once when it changes, and for whoever does not bring other knowledge."""
    ours = plan_video(make_brief(), steady_song())
    own = own_file(tmp_path, "off = ['pace_chorus']\n[[rules]]\nid = 'pace_calm'\nweight = 2")
    use(own, monkeypatch)
    plan = plan_video(make_brief(), steady_song())
    assert [note for note in plan.notes if note not in ours.notes] == [
        "The director goes by mine.toml: it changes pace_calm and leaves out pace_chorus."
    ]
    assert "pace_chorus" not in {rule for script in plan.clip_scripts for rule in script.rules}
    own_file(tmp_path, "off = ['pace_bridge']  # the chorus is back")
    assert "pace_chorus" in {row.id for row in load_knowledge().rows()}
    package = Path(str(files("mvkit.director.knowledge")))
    assert load_knowledge(package).notes == ()


def test_rows_that_do_not_fit_the_others_are_refused_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = own_file(tmp_path, RULE + "when.world = ['moon']\nthen.shot_s = 1.0")
    use(own, monkeypatch)
    with pytest.raises(InvalidInput, match=r"mine.toml.*row mine names the worlds moon"):
        load_knowledge()


def test_own_words_are_found_in_wishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However they are written: wishes are read in small, plain letters."""
    own = own_file(tmp_path, PLACE.format(id="grove", words='["Élan-Grove"]'))
    use(own, monkeypatch)
    wish = read_wish("Somebody waits in the Élan-grove, all alone.", load_knowledge())
    assert [world.id for world in wish.worlds] == ["grove"]


def test_the_example_of_the_docs_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Choruses of fewer shots, seen from below; nothing else of the changed row is lost."""
    text = (ROOT / "docs" / "director.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(# my_director\.toml\n.*?)```", text, re.DOTALL)
    ours, usual = choruses(), rules_by_id()
    use(own_file(tmp_path, example), monkeypatch)
    theirs, changed = choruses(), rules_by_id()
    assert len(theirs) < len(ours)
    assert share_low(theirs) > share_low(ours)
    assert usual["pace_chorus"].when == changed["pace_chorus"].when
    assert usual.keys() - changed.keys() == {"soft_dissolves"}
    assert changed.keys() - usual.keys() == {"my_chorus_looks_up"}


def rules_by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_knowledge().rules}


def choruses() -> list[Shot]:
    plan = plan_video(make_brief(), steady_song())
    scripts = [script for script in plan.clip_scripts if script.section == "chorus"]
    return [shot for script in scripts for shot in script.shots]


def share_low(shots: list[Shot]) -> float:
    return sum(shot.angle == "low" for shot in shots) / len(shots)


def test_processes_of_ours_find_the_file_and_its_place_is_told_from_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In ``mvkit.toml`` it lies beside that; in a variable, where the command was given."""
    (tmp_path / "mvkit.toml").write_text('knowledge = "mine.toml"')
    monkeypatch.setattr(settings, "SETTINGS_FILE", tmp_path / "mvkit.toml")
    assert get_settings().knowledge == tmp_path / "mine.toml"
    assert get_settings().as_environment()["MVKIT_KNOWLEDGE"] == str(tmp_path / "mine.toml")
    monkeypatch.chdir(tmp_path)
    use(Path("here.toml"), monkeypatch)
    assert get_settings().as_environment()["MVKIT_KNOWLEDGE"] == str(tmp_path / "here.toml")


def test_no_file_is_none_for_processes_of_ours_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = get_settings().as_environment()["MVKIT_KNOWLEDGE"]
    (tmp_path / "mvkit.toml").write_text('knowledge = "mine.toml"')
    monkeypatch.setattr(settings, "SETTINGS_FILE", tmp_path / "mvkit.toml")
    monkeypatch.setenv("MVKIT_KNOWLEDGE", told)
    get_settings.cache_clear()
    assert get_settings().knowledge is None


def test_only_the_operator_names_the_file() -> None:
    """No wish, choice or notebook parameter does: it may lie anywhere on the machine."""
    assert "knowledge" not in Choices.__annotations__
    assert "knowledge" not in Brief.model_fields
    with pytest.raises(ValueError, match="knowledge"):
        make_brief(knowledge="/etc/passwd")
    for stage in STAGES:
        with pytest.raises(InvalidInput, match="has no parameter 'knowledge'"):
            check_options({stage.name: {"knowledge": "/etc/passwd"}})


def test_a_film_can_be_planned_by_a_director_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notebook 02 reads the file of that name; other films are planned as ever."""
    own_file(tmp_path, 'off = ["pace_chorus"]').rename(tmp_path / "gritty.toml")
    monkeypatch.setenv("MVKIT_DIRECTORS", str(tmp_path))
    get_settings.cache_clear()
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    run = Run.create(make_brief(), song=tmp_path / "song.wav")
    analysis = steady_song().model_copy(update={"job_id": run.job_id})
    run.path("analysis.json").write_text(analysis.to_json())
    names: dict[str, Any] = {}
    for cell in nbformat.read(ROOT / "notebooks" / "02_plan.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names |= {"run_dir": str(run.folder), "director": "gritty"}
    assert any(note.startswith("The director goes by gritty.toml") for note in run.read(Plan).notes)
    assert "pace_chorus" in rules_by_id()


@pytest.mark.parametrize("name", ["../gritty", "/etc/passwd", "gritty.toml", "*", "."])
def test_a_director_is_called_by_name_and_never_by_path(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file(tmp_path, 'off = ["pace_chorus"]').rename(tmp_path / "gritty.toml")
    monkeypatch.setenv("MVKIT_DIRECTORS", str(tmp_path))
    get_settings.cache_clear()
    with pytest.raises(InvalidInput, match="known are gritty"):
        load_knowledge(director=name)
