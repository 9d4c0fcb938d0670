"""The pages of docs/checks/, which ship with wabot: one for each code."""

from wabot.language.resources import check_pages


def page(code: str) -> str:
    """The page of a code as it is written, in Markdown; "" where none was written yet."""
    try:
        return (check_pages() / f"{code}.md").read_text("utf-8")
    except FileNotFoundError:
        return ""
