"""The tree keeps the house rules; and each rule sees what it is there to see."""

import subprocess
import textwrap
from pathlib import Path
from statistics import median

import pytest

from house.rules import RULES
from house.size import figures
from house.tree import Tree

ROOT = Path(__file__).resolve().parents[2]
HERE = Tree(ROOT)


@pytest.mark.parametrize("name", RULES)
def test_the_tree_keeps_the_rule(name):
    found = RULES[name](HERE)
    assert not found, "\n".join(["", *found])


def test_medians_are_within_the_goals():
    sizes = [each.text.count("\n") for each in HERE.modules if each.text.strip()]
    assert median(sizes) <= 130, figures(HERE)
    lengths = [each.end_lineno - each.lineno + 1 for module in HERE.modules for each in module.functions()]
    assert median(lengths) <= 8, figures(HERE)


PLAIN = {
    "src/entrepot/__init__.py": '"""The package."""\n',
    "src/entrepot/base/__init__.py": '"""A room."""\n',
    "src/entrepot/base/thing.py": '"""A thing."""\n\nfrom entrepot.base import other\n',
    "src/entrepot/base/other.py": '"""Another."""\n\nfrom entrepot.base import thing\n',
    "tools/x.py": '"""A script."""\n',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n## [0.1.0] - 2026-01-01\n",
    "pyproject.toml": """
        [project]
        dependencies = ["click"]
        optional-dependencies.node = ["Django>=5"]
        [[tool.importlinter.contracts]]
        id = "journal"
        forbidden_modules = []
        [[tool.importlinter.contracts]]
        id = "frameworks"
        source_modules = ["entrepot.base"]
    """,
    "requirements/runtime.in": "click\nhatchling\neditables\n",
    "requirements/node.in": "-r runtime.in\nDjango>=5\n",
    "requirements/test.in": "-r node.in\n",
}
PINS = "".join(f"{name}==1.0 \\\n    --hash=sha256:00\n" for name in ("click", "hatchling", "editables"))
PLAIN |= {"requirements/runtime.txt": PINS}
PLAIN |= {f"requirements/{name}.txt": PINS + "django==5.2 \\\n    --hash=sha256:00\n" for name in ("node", "test")}


def plant(folder, changes):
    for name, text in (PLAIN | changes).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
    return Tree(folder)


@pytest.mark.parametrize("name", RULES)
def test_a_clean_tree_has_nothing_to_report(tmp_path, name):
    assert RULES[name](plant(tmp_path, {})) == []


THING = "src/entrepot/base/thing.py"
HEAD = '"""A thing."""\n\nfrom entrepot.base import other\n'
SLASH = "/"
PLANTED = [
    ("sizes", THING, HEAD + "X = 1\n" * 400, "403"),
    ("sizes", THING, HEAD + 'def f():\n    """F."""\n' + "    x = 1\n" * 59, "thing.py:f: 61"),
    ("sizes", THING, HEAD + 'def f(a, b, *, c, d, e, f, g):\n    """F."""\n', "thing.py:f(): 7"),
    ("dead files", "src/entrepot/base/lonely.py", '"""Alone."""\n', "lonely.py: nothing imports it"),
    ("dead files", "src/entrepot/base/narcissus.py", '"""Alone."""\nimport entrepot.base.narcissus\n', "narcissus"),
    ("file names", "src/entrepot/base/utils.py", '"""U."""\n', "utils.py"),
    ("file names", "src/entrepot/base/helpers/thing.py", '"""U."""\n', "helpers"),
    ("economy, not country", THING, HEAD + "country = 1\n", "say economy"),
    ("economy, not country", THING, HEAD + 'def f(buyer_country):\n    """F."""\n', "say economy"),
    ("economy, not country", THING, HEAD + 'X = "Countries of origin"\n', "say economy"),
    ("docstrings", THING, "from entrepot.base import other\n", "thing.py: no docstring"),
    ("docstrings", THING, HEAD + "def f():\n    pass\n", "f: no docstring"),
    ("docstrings", THING, HEAD + 'class C:\n    """C."""\n    def m(self):\n        pass\n', "m: no docstring"),
    ("clock, random, files outside adapters", THING, HEAD + "NOW = datetime.now(UTC)\n", "uses clock"),
    ("clock, random, files outside adapters", THING, HEAD + "NOW = datetime.utcnow()\n", "uses clock"),
    ("clock, random, files outside adapters", THING, HEAD + "NOW = time.time()\n", "uses clock"),
    ("clock, random, files outside adapters", THING, HEAD + "clock = time.monotonic\n", "uses clock"),
    ("clock, random, files outside adapters", THING, HEAD + "X = random.random()\n", "uses random"),
    ("clock, random, files outside adapters", THING, HEAD + "X = secrets.token_hex(2)\n", "uses random"),
    ("clock, random, files outside adapters", THING, HEAD + "X = uuid4()\n", "uses random"),
    ("clock, random, files outside adapters", THING, HEAD + "X = open('x')\n", "uses file"),
    ("clock, random, files outside adapters", THING, HEAD + "X = Path('x').open('rb')\n", "uses file"),
    ("clock, random, files outside adapters", THING, HEAD + "X = Path('x').read_bytes()\n", "uses file"),
    ("clock, random, files outside adapters", THING, HEAD + "X = os.environ['A']\n", "uses environment"),
    ("clock, random, files outside adapters", THING, HEAD + "X = subprocess.run(['a'])\n", "uses process"),
    ("silent errors", THING, HEAD + "try:\n    X = 1\nexcept ValueError:\n    pass\n", "line 6 passes over"),
    ("float near money", THING, HEAD + "RATE = 0.07\n", "float at line 4"),
    ("float near money", THING, HEAD + "X = float('1')\n", "float at line 4"),
    ("float near money", THING, HEAD + 'def f(price: float):\n    """F."""\n', "float at line 4"),
    ("network and XML in their places", THING, HEAD + "import httpx\n", "imports httpx"),
    ("network and XML in their places", THING, HEAD + "from urllib.request import urlopen\n", "imports urllib.request"),
    ("network and XML in their places", THING, HEAD + "from lxml import etree\n", "imports lxml"),
    ("import contracts", "src/entrepot/shop/__init__.py", '"""A new room."""\n', "entrepot.shop"),
    ("machine paths", "docs/x.md", f"see {SLASH}root/x\n", "docs/x.md:1"),
    ("machine paths", THING, HEAD + f'X = "{SLASH}home/someone/x"\n', "thing.py:4"),
    ("package indexes", "requirements/test.txt", "--index" + "-url https://example.org\n", "names a package index"),
    ("package indexes", "README.md", "pip install from files.pythonhosted" + ".org\n", "README.md"),
    ("changelog", "CHANGELOG.md", "# Changelog\n\n## [0.1.0] - 2026-01-01\n", "Unreleased"),
    ("changelog", "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### News\n", "no section News"),
    ("changelog", "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## 0.1\n", "## 0.1"),
    (
        "changelog",
        "CHANGELOG.md",
        "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n## [0.2.0] - 2026-02-01\n",
        "newest",
    ),
    ("links", "README.md", "[a](docs/nothing.md)\n", "docs/nothing.md leads nowhere"),
    ("links", "README.md", "# A\n[a](#b)\n", "#b leads nowhere"),
    ("links", "docs/x.toml", "a = \n", "docs/x.toml"),
    ("locked requirements", "requirements/runtime.in", "click\nhatchling\neditables\nlxml\n", "differ in lxml"),
    ("locked requirements", "requirements/test.in", "-r node.in\npytest\n", "lacks pytest"),
    ("locked requirements", "requirements/node.txt", PINS.replace("1.0", "2.0"), "click is 2.0"),
    ("locked requirements", "requirements/runtime.txt", "-i https://example.org\n" + PINS, "-i https://example.org"),
    ("locked requirements", "requirements/runtime.txt", PINS.replace("click==1.0", "click>=1.0"), "click>=1.0"),
    (
        "locked requirements",
        "requirements/runtime.txt",
        PINS.replace("1.0 \\\n    --hash=sha256:00", "1.0", 1),
        "click==1.0",
    ),
]


@pytest.mark.parametrize(("rule", "file", "text", "expected"), PLANTED, ids=[f"{p[0]}: {p[3]}" for p in PLANTED])
def test_a_planted_violation_is_seen(tmp_path, rule, file, text, expected):
    found = RULES[rule](plant(tmp_path, {file: text}))
    assert any(expected in each for each in found), found


def test_every_rule_is_planted():
    assert {rule for rule, *_ in PLANTED} == set(RULES)


ALLOWED = "tests/house/allowed.toml"


@pytest.mark.parametrize(
    ("rule", "allowed", "expected"),
    [
        ("sizes", f'[size]\n"{THING}" = 500\n', "tighten it"),
        ("float near money", f'[float]\n"{THING}" = "why"\n', "remove it"),
        ("dead files", '[dead]\n"src/x.py" = "why"\n', "remove it"),
        (
            "clock, random, files outside adapters",
            f'[adapter."{THING}"]\nuses = ["clock"]\nreason = "why"\n',
            "does not use",
        ),
        ("clock, random, files outside adapters", '[adapter."src/x.py"]\nuses = []\nreason = "why"\n', "no such file"),
        ("clock, random, files outside adapters", f'[adapter."{THING}"]\nuses = []\nreason = ""\n', "no reason"),
    ],
)
def test_an_exception_without_a_cause_must_go(tmp_path, rule, allowed, expected):
    found = RULES[rule](plant(tmp_path, {ALLOWED: allowed}))
    assert any(expected in each for each in found), found


def test_an_exception_holds_and_does_not_grow(tmp_path):
    long = {THING: HEAD + "X = 1\n" * 400}
    assert RULES["sizes"](plant(tmp_path, long | {ALLOWED: f'[size]\n"{THING}" = 403\n'})) == []
    assert RULES["sizes"](plant(tmp_path, long | {ALLOWED: f'[size]\n"{THING}" = 402\n'}))
    rate = {THING: HEAD + "RATE = 0.07\n", ALLOWED: f'[float]\n"{THING}" = "a ratio, not money"\n'}
    assert RULES["float near money"](plant(tmp_path, rate)) == []


def test_a_package_of_a_standard_speaks_its_language(tmp_path):
    text = {"src/entrepot/document/_ubl21/names.py": '"""N."""\nfrom lxml import etree\nCOUNTRY = "Country"\n'}
    tree = plant(tmp_path, text)
    assert RULES["economy, not country"](tree) == []
    assert RULES["network and XML in their places"](tree) == []


def test_files_that_git_ignores_are_not_read(tmp_path):
    plant(tmp_path, {".gitignore": "/local/\n", "local/x.md": f"{SLASH}root/x\n", "x.md": "x\n"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert RULES["machine paths"](Tree(tmp_path)) == []
