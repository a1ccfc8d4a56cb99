"""What is installed has everything that pages are made of."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_templates_stylesheet_scripts_and_words_are_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())

    needed = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "review").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"review/language/zh.po", "review/static/style.css", "review/templates/base.html"} <= needed
    assert needed - packed == set()
