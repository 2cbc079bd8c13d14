"""The traceability tool on small inputs; `make check` runs it on the project's own."""

import pytest

from tools.requirements import IDS, Row, complaints, main, marked_tests, read_rows

CAPABILITIES = ["messaging", "policy"]
SERVICE = "comity.common.clock.now"
TOML_HEAD = 'capabilities = ["messaging"]\n[requirements]\n'


def all_planned(**changed):
    return {name: Row(text="…", planned="messaging") for name in IDS} | changed


@pytest.fixture
def project(tmp_path):
    """A project in which every row is planned and the page is fresh."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    lines = [f'{name} = {{ text = "…", planned = "messaging" }}' for name in IDS]
    (tmp_path / "docs/requirements.toml").write_text(TOML_HEAD + "\n".join(lines) + "\n")
    assert main([], root=tmp_path) == 0
    return tmp_path


def change(project, before, after):
    path = project / "docs/requirements.toml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def test_ids_are_those_of_the_sources():
    assert len(IDS) == 106
    assert (IDS[0], IDS[91], IDS[92], IDS[-1]) == ("S1", "S92", "C1", "C14")


def test_planned_rows_and_no_tests_fit():
    assert complaints(all_planned(), {}, CAPABILITIES) == []


def test_a_fulfilled_row_with_its_test_fits():
    rows = all_planned(S27=Row(text="…", service=(SERVICE,)))

    assert complaints(rows, {"S27": ["test_a.py::test_b"]}, CAPABILITIES) == []


@pytest.mark.parametrize(
    ("row", "tests", "words"),
    [
        (Row("…", planned="magic"), [], "planned for 'magic', which is no capability"),
        (Row("…", planned="policy"), ["a::b"], "still planned, yet a::b is marked with it"),
        (Row("…", planned="policy", page=("home",)), [], "planned excludes page, service and partly"),
        (Row("…"), ["a::b"], "neither planned nor fulfilled: name its page or service"),
        (Row("…", service=(SERVICE,)), [], "said to be fulfilled, but no test is marked with it"),
        (Row("…", page=("home",), partly="y"), [], "said to be fulfilled, but no test is marked with it"),
        (Row("…", page=("no-such",)), ["a::b"], "no page has the name no-such"),
        (Row("…", service=("comity.common.clock.then",)), ["a::b"], "comity.common.clock.then is not in src/"),
        (Row("…", service=("comity.nowhere",)), ["a::b"], "comity.nowhere is not in src/"),
    ],
)
def test_a_row_that_does_not_fit_is_named(row, tests, words):
    assert complaints(all_planned(S27=row), {"S27": tests} if tests else {}, CAPABILITIES) == [f"S27: {words}"]


def test_a_missing_row_is_named():
    rows = all_planned()
    del rows["C14"]

    assert complaints(rows, {}, CAPABILITIES) == ["C14: no row in docs/requirements.toml"]


def test_an_unknown_id_is_named_in_rows_and_in_markers():
    found = complaints(all_planned(S93=Row("…", planned="policy")), {"S94": ["a::b"]}, CAPABILITIES)

    assert found == [
        "S93: there is no such requirement",
        "S94: there is no such requirement, yet a::b is marked with it",
    ]


def test_an_unknown_field_is_refused():
    with pytest.raises(TypeError, match="servise"):
        read_rows({"S1": {"text": "…", "servise": "x"}})


def test_markers_are_found_on_modules_classes_functions_and_cases(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/test_a.py").write_text(
        "import pytest\n"
        "pytestmark = pytest.mark.requirement('S1')\n"
        "@pytest.mark.requirement('S2')\n"
        "class TestIt:\n"
        "    @pytest.mark.requirement('S2', 'C1')\n"
        "    @pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.requirement('S3'))])\n"
        "    def test_b(self, x): ...\n"
    )
    inside = "sub/test_a.py::TestIt::test_b"
    assert marked_tests(tmp_path) == {
        "S1": ["sub/test_a.py"],
        "S2": [inside, "sub/test_a.py::TestIt"],
        "C1": [inside],
        "S3": [inside],
    }


def test_check_is_green_on_a_fresh_page_and_writes_nothing(project):
    before = (project / "docs/requirements.md").stat().st_mtime_ns

    assert main(["--check"], root=project) == 0
    assert (project / "docs/requirements.md").stat().st_mtime_ns == before


def test_check_is_red_on_a_stale_page(project, capsys):
    change(project, 'S5 = { text = "…"', 'S5 = { text = "other words"')

    assert main(["--check"], root=project) == 1
    assert capsys.readouterr().err == "docs/requirements.md is stale: run make docs\n"


def test_check_is_red_on_a_missing_row(project, capsys):
    change(project, 'S92 = { text = "…", planned = "messaging" }\n', "")

    assert main(["--check"], root=project) == 1
    assert "S92: no row in docs/requirements.toml" in capsys.readouterr().err


def test_check_is_red_on_a_marker_whose_row_is_planned(project, capsys):
    (project / "tests/test_a.py").write_text("@pytest.mark.requirement('S24')\ndef test_b(): ...\n")

    assert main(["--check"], root=project) == 1
    assert "S24: still planned, yet test_a.py::test_b is marked with it" in capsys.readouterr().err


def test_filling_a_row_shows_where_it_is_fulfilled(project):
    change(
        project,
        'S24 = { text = "…", planned = "messaging" }',
        f'S24 = {{ text = "…", page = "home", service = "{SERVICE}", partly = "mail" }}',
    )
    (project / "tests/test_a.py").write_text("@pytest.mark.requirement('S24')\ndef test_b(): ...\n")

    assert main([], root=project) == 0
    shown = (project / "docs/requirements.md").read_text()
    assert "0 done, 1 partly, 105 planned." in shown
    assert f"| S24 | … | partly; missing: mail | `home` | `{SERVICE}` | `test_a.py::test_b` |" in shown
