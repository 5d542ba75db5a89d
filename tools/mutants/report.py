"""What a name in a study file can do to the page."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="names are not escaped in HTML",
        path="report/typesetting.py",
        before="autoescape=True",
        after="autoescape=False",
        tests=("tests/report/test_page.py", "tests/report/test_typesetting.py"),
    ),
)
