"""How extractors are found: by name, by what follows the colon, or because an installed package brings them."""

import re
import sys
from pathlib import Path

import pytest

from app import extract
from app.errors import NotFound
from app.extract.pieces import pieces
from app.readers import extract as read_with
from app.settings import Settings

DOCS = (Path(__file__).parent.parent / "docs" / "extractors.md").read_text("utf-8")
# A package as somebody else would publish it: one extractor, one maker of extractors, and one mistake.
PACKAGE = {
    "headlines.py": """
from app.models.extraction import Extraction, FoundClaim, FoundParty

NAME = "headlines/1"
LANGUAGES = ()

def extract(text, published):
    end = text.find("\\n") if "\\n" in text else len(text)
    author = FoundParty("author", None, None)
    return Extraction(NAME, claims=(FoundClaim(0, end, "narrated", None, (author,), (), "headline", 0.5),))

class Only:
    LANGUAGES = ("en",)

    def __init__(self, argument, options):
        self.NAME = f"only/{argument}/{options.get('least')}"

    def extract(self, text, published):
        return Extraction(self.NAME)

class maker:
    make = Only
""",
    "headlines-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: headlines\nVersion: 1\n",
    "headlines-1.dist-info/entry_points.txt": """
[dateline.extractors]
headlines = headlines
only = headlines:maker
nothing = headlines:Extraction
gone = headlines:not_there
rules = headlines
""",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, content in PACKAGE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "headlines", raising=False)


@pytest.mark.usefixtures("installed")
def test_an_installed_package_brings_an_extractor_that_reads_a_text() -> None:
    found = read_with(extract.find("headlines"), "Dam holds\nIt held.", None)
    assert found is not None
    assert [("Dam holds\nIt held."[c.start : c.end], found.extractor) for c in found.claims] == [("Dam holds", "headlines/1")]


@pytest.mark.usefixtures("installed")
def test_a_maker_is_given_what_follows_the_first_colon_and_the_options() -> None:
    assert extract.find("only:C:/models", {"least": 2}).NAME == "only/C:/models/2"
    assert extract.find("only").NAME == "only/None/None"


@pytest.mark.usefixtures("installed")
def test_no_package_can_take_the_name_of_an_extractor_of_ours() -> None:
    assert extract.find("rules").NAME.startswith("rules/")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("magic", "there is no extractor 'magic'; there are: gone, headlines, llm, nothing, only, rules, spacy"),
        ("", "there is no extractor ''; there are: gone, headlines, llm, nothing, only, rules, spacy"),
        ("lang", "there is no extractor 'lang'; there are: gone, headlines, llm, nothing, only, rules, spacy"),
        ("lang.en", "there is no extractor 'lang.en'; there are: gone, headlines, llm, nothing, only, rules, spacy"),
        ("headlines:big", "the extractor headlines takes nothing after a colon: ask for 'headlines'"),
        ("gone", "the extractor gone (headlines:not_there) cannot be loaded: module 'headlines' has no attribute 'not_there'"),
        ("nothing", "'nothing' is no extractor: it has no NAME, LANGUAGES, extract; see docs/extractors.md"),
        ("rules:loudly", "there is no extractor 'rules:loudly'; there are: rules, rules:narrated"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_a_name_that_cannot_be_used_is_one_sentence_that_says_what_can(name: str, said: str) -> None:
    with pytest.raises(NotFound) as raised:
        extract.find(name)
    assert str(raised.value) == said


def test_without_its_extra_spacy_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [m for m in sys.modules if m.partition(".")[0] == "spacy"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "spacy", None)  # what Python keeps for a module that is not to be had
    with pytest.raises(NotFound) as raised:
        extract.find("spacy:en_core_web_sm")
    assert str(raised.value) == "the extractor spacy needs the extra: pip install 'dateline[spacy]'"


def test_the_narrating_rules_tell_themselves_apart_from_the_rules() -> None:
    rules, narrating = extract.find("rules"), extract.find("rules:narrated")
    assert rules.NAME.replace("rules/", "rules:narrated/") == narrating.NAME
    assert narrating.extract("“It holds,” said Ann Lee.", None).extractor == narrating.NAME


def test_the_settings_of_the_llm_and_of_plug_ins_reach_the_extractors_and_the_key_stays_covered() -> None:
    settings = Settings(llm_url="http://127.0.0.1:1/v1", llm_key="opensesame", extractor_options={"least": 2}, _env_file=None)  # type: ignore[arg-type]
    options = settings.for_extractors()
    assert options["least"] == 2
    assert extract.find("llm:tiny", options).NAME.startswith("llm/tiny-")
    assert "opensesame" not in f"{settings!r} {options!r}"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        ("One. Two", ["One. Two"]),
        ("aaaa bbbb\n\ncccc. dddd", ["aaaa bbbb\n\n", "cccc. dddd"]),
        ("aaaa bbbb\ncccc. dddd", ["aaaa bbbb\n", "cccc. dddd"]),
        ("aaaaaaaa. bb cccc ddddd", ["aaaaaaaa. ", "bb cccc ", "ddddd"]),
        ("a" * 25, ["a" * 12, "a" * 12, "a"]),
        (" " * 25, []),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(text: str, cut: list[str]) -> None:
    assert [text[p.start : p.end] for p in pieces(text, 12)] == cut


def test_the_plug_in_that_the_documentation_shows_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    (entry,) = re.findall(r'^numbers = "(\w+)"$', DOCS, re.MULTILINE)
    (tmp_path / f"{entry}.py").write_text(code, "utf-8")
    (tmp_path / "numbers-1.dist-info").mkdir()
    (tmp_path / "numbers-1.dist-info" / "entry_points.txt").write_text(f"[dateline.extractors]\nnumbers = {entry}\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    text = "It rained. The dam holds 3 lakes. No."
    assert [text[c.start : c.end] for c in extract.find("numbers").extract(text, None).claims] == ["The dam holds 3 lakes"]


def test_the_documentation_tells_every_setting_of_the_llm_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `DATELINE_(LLM_\w+)` \|.*\| ([^|]+) \|$", DOCS, re.MULTILINE))
    unset = {"LLM_URL": "must be set", "LLM_MODEL": "must be set", "LLM_KEY": "none"}
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items() if name.startswith("llm_")}
    assert rows == {name: unset.get(name, str(default)) for name, default in fields.items()}


def test_no_extractor_but_the_llm_knows_the_network() -> None:
    network = re.compile(r"^\s*(?:import|from) (?:httpx|socket|ssl|urllib\.request|http\.client)\b", re.MULTILINE)
    folder = Path(extract.__path__[0])
    knowing = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if network.search(path.read_text("utf-8"))}
    assert knowing <= {"llm/server.py", "data/make_gazetteers.py"}
    assert "llm/server.py" in knowing
