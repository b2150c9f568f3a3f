"""``entrepot document render``: a document as a page for people."""

from pathlib import Path

import click

from entrepot.cli.answer import JSON, print_files, print_made
from entrepot.cli.examine import read_file

ALSO = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans"} | dict.fromkeys(
    ("zh-tw", "zh-hk", "zh-mo", "zh-hant-tw", "zh-hant-hk"), "zh-hant"
)
"""Other tags of the languages -> ours."""
INPUT = click.Path(path_type=Path, allow_dash=True)


@click.command()
@click.argument("file", type=INPUT)
@click.option("--language", default="en", help="Language of the page: en, zh-hans, zh-hant, ms, id, vi, th, ja, ko.")
@click.option("--verify-url", default="", help="Page at which the file can be checked; else that of the issuer's host.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; else standard output.")
@JSON
def render(file: Path, *, language: str, verify_url: str, out: Path | None, as_json: bool) -> int:
    """Write FILE (- is standard input) as one HTML page that prints. Nothing is verified, and the page says so.

    Exit 0: written. 2: the file cannot be read as a credential. 64: wrong use.

    Example: entrepot document render invoice.json --language th --out invoice.html
    """
    from entrepot.document.rendering import LANGUAGES, Asked
    from entrepot.document.rendering import render as rendered

    tag = language.lower().replace("_", "-")
    tag = ALSO.get(tag, tag)
    if tag not in LANGUAGES:
        raise click.UsageError(f"--language knows {', '.join(LANGUAGES)}; not {language[:20]}")
    if verify_url and not verify_url.startswith(("https://", "http://")):
        raise click.UsageError("--verify-url begins with https://")
    data, trouble = read_file(file)
    page, findings = rendered(data, Asked(language=tag, verify_url=verify_url)) if data is not None else (None, ())
    if page is None:
        reason = trouble or (findings[0].text if findings else "not a credential")
        click.echo(f"entrepot: {file}: {reason}", err=True)
        return 2
    if out is None and as_json:
        print_made([page.encode()], as_json=True)
    elif out is None:
        click.echo(page, nl=False)
    else:
        out.write_text(page, "utf-8")
        print_files([out], as_json=as_json)
    return 0


COMMANDS = (render,)
"""What ``entrepot document`` offers from here."""
