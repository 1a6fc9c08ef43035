"""What a person's eye would find wrong with the page: in both widths, to read, to reach and to use."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, Response, ViewportSize

# Tables and logs may be wider than a phone: they scroll in their own frame.
STICKING_OUT: Final = """() => {
  const found = [];
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`;
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} wide`);
  const hides = (e) => getComputedStyle(e).overflowX !== "visible";
  const isHidden = (e) => e.parentElement && (hides(e.parentElement) || isHidden(e.parentElement));
  for (const e of document.querySelectorAll("body *")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".unseen, option, .table-frame, pre")) continue;
    const { left, right, width } = e.getBoundingClientRect();
    if (width && (left < -1 || right > innerWidth + 1) && !isHidden(e)) found.push(`${name(e)} sticks out`);
    if (e.matches("input, select, textarea") || getComputedStyle(e).textOverflow === "ellipsis") continue;
    if (hides(e) && e.scrollWidth > e.clientWidth + 1) found.push(`${name(e)} is cut at its side`);
  }
  for (const dialog of document.querySelectorAll("dialog[open]"))
    for (const e of [dialog, ...dialog.querySelectorAll("footer button, header button")]) {
      const { left, top, right, bottom } = e.getBoundingClientRect();
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) found.push(`${name(e)} does not fit`);
    }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Size:
    """A window's size."""

    name: str
    width: int
    height: int

    @property
    def viewport(self) -> ViewportSize:
        """The size as the browser takes it."""
        return {"width": self.width, "height": self.height}


WIDE, NARROW = Size("wide", 1280, 860), Size("narrow", 390, 844)


class Eye:
    """Looks at one page; `complaints` is what the browser said by itself."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.complaints: list[str] = []
        self._page, self._pictures, self._axe = page, pictures, Axe()
        page.on("console", self._hear_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._hear_failure)
        page.on("response", self._hear_response)

    def look(self, moment: str, *, pane: str = "Chat", kept: tuple[Size, ...] = ()) -> None:
        """Fails when the page is wrong in either width.

        `pane` is what the narrow window shows of the page, `kept` the widths that the documents show.
        """
        before = self._page.viewport_size
        for size in (WIDE, NARROW):
            self._page.set_viewport_size(size.viewport)
            if size is NARROW and not self._page.locator("dialog[open]").count():
                self.show(pane)
            name = moment if size is WIDE else f"{moment}-{size.name}"
            self.check(name)
            if size in kept:
                self.take(name)
            else:
                self.take_if_asked(name)
        if before:
            self._page.set_viewport_size(before)

    def show(self, pane: str) -> None:
        """In a narrow window, goes to one of its panes."""
        panes = self._page.get_by_role("navigation", name="Panels")
        panes.get_by_role("button", name=pane).click()

    def check(self, moment: str) -> None:
        """Fails when the page as it stands is wrong, and takes its picture."""
        violations = self._axe.run(self._page).response["violations"]
        told = [f"{one['id']}: {one['help']}: {_targets(one)}" for one in violations]
        wrong = told + self._page.evaluate(STICKING_OUT)
        if wrong:
            self.take(f"wrong-{moment}")
        assert not wrong, f"{moment}: {json.dumps(wrong, indent=1, ensure_ascii=False)}"

    def take_if_asked(self, name: str) -> None:
        """Takes a picture where all are wanted, with EVERY_PICTURE=1."""
        if "EVERY_PICTURE" in os.environ:
            self.take(name)

    def take(self, name: str) -> None:
        """Takes a picture of the page as it stands."""
        self._page.screenshot(path=self._pictures / f"{name}.png")

    def _hear_console(self, message: ConsoleMessage) -> None:
        self.complaints.append(f"{message.type}: {message.text}")

    def _hear_failure(self, request: Request) -> None:
        self.complaints.append(f"{request.url}: {request.failure}")

    def _hear_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.url}: {response.status}")


def _targets(violation: dict[str, list[dict[str, list[str]]]]) -> str:
    return "; ".join(str(node["target"]) + " " + str(node["html"])[:200] for node in violation["nodes"][:3])
