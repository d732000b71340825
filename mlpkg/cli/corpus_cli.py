"""``mlpkg corpus``: the bundled corpus, counted, checked and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from mlpkg.cli.console import EXIT_FAILED, echo, fail

__all__ = ["corpus_app"]

corpus_app = typer.Typer(help="The bundled corpus.", no_args_is_help=True)

Part = Annotated[
    str | None,
    typer.Option(
        help="train, validation, test or other-hands; all where it is not given.",
        show_default=False,
    ),
]


@corpus_app.command("stats")
def stats_cli(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count pages and segments by part and label, and pages by genre and register."""
    from mlpkg.data.corpus_stats import corpus_stats

    stats = corpus_stats()
    echo(json.dumps(stats.to_json()) if as_json else stats.to_text())


@corpus_app.command("check")
def check_cli(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A page file or a folder of them; the bundled corpus where it is not "
            "given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check page files by the rules of the bundled corpus.

    Format, ids, rendered forms that read back as the same rows, copies between pages,
    real outlets, labels that a part lacks. For data of your own: `mlpkg data check`.
    """
    from mlpkg.data.corpus import corpus_folder
    from mlpkg.evaluation.corpus_check import check_pages

    checked, faults = check_pages(path or corpus_folder())
    for fault in faults:
        echo(fault, err=True)
    typer.echo(f"{checked} pages checked, {len(faults)} faults")
    if faults:
        raise typer.Exit(EXIT_FAILED)


@corpus_app.command("show")
def show_cli(
    page_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of a page.")
    ] = None,
    part: Part = None,
    first: Annotated[
        bool, typer.Option("--first", help="Show the first page of the part.")
    ] = False,
    form: Annotated[
        Literal["page", "text", "html"],
        typer.Option(help="The page file itself, or a rendered form."),
    ] = "page",
    template: Annotated[
        str, typer.Option(help="Template of the HTML form.")
    ] = "news_site",
) -> None:
    """Print a page, or the ids of the pages of a part."""
    from mlpkg.data.corpus import corpus_files
    from mlpkg.data.page_format import format_page
    from mlpkg.data.render import render_text
    from mlpkg.data.render_html import render_html

    pages = corpus_files(part)
    if page_id is None and not first:
        echo("\n".join(page.id for page in pages))
        return
    chosen = pages[0] if first else next((p for p in pages if p.id == page_id), None)
    if chosen is None:
        from difflib import get_close_matches

        near = get_close_matches(str(page_id), [page.id for page in pages], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        fail(f"no page {page_id!r} in the corpus{hint}")
    if form == "html":
        shown = render_html(chosen, template)
    else:
        shown = format_page(chosen) if form == "page" else render_text(chosen)
    echo(shown, nl=False)
