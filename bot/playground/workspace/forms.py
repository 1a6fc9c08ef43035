"""What somebody has typed and chosen in a set of blocks, and what survives when the blocks are replaced."""

from collections.abc import Iterable
from typing import Any

from bot.playground.workspace.blocks import walk
from bot.playground.workspace.elements import EXTERNAL_SELECTS, SHAPES, state_at_first, state_of

Json = dict[str, Any]
Place = tuple[str, str]
"""(block_id, action_id)"""


class Form:
    """The state of every stateful element, by block_id and action_id."""

    def __init__(self, blocks: Iterable[Json]) -> None:
        self._elements: dict[Place, Json] = {}
        self._states: dict[Place, Json] = {}
        self._offered: dict[Place, dict[str, Json]] = {}
        self.show(blocks)

    def show(self, blocks: Iterable[Json]) -> None:
        """Take new blocks: what was typed stays where both ids and the type stay, the rest starts anew.

        An `initial_*` beside ids that stay is ignored, as Slack ignores it (bolt-js#290, bolt-python#1064).
        """
        stateful = {
            (block["block_id"], element["action_id"]): element
            for block, element in walk(blocks)
            if element["type"] in SHAPES
        }
        self._states = {place: self._kept_or_first(place, element) for place, element in stateful.items()}
        self._offered = {place: seen for place, seen in self._offered.items() if place in stateful}
        self._elements = stateful

    def values(self) -> dict[str, dict[str, Json]]:
        """`state.values`: every stateful element, touched or not."""
        values: dict[str, dict[str, Json]] = {}
        for (block_id, action_id), state in self._states.items():
            values.setdefault(block_id, {})[action_id] = dict(state)
        return values

    def state(self, block_id: str, action_id: str) -> Json:
        """The state of one element; empty for those that keep none (buttons, overflow menus)."""
        return dict(self._states.get((block_id, action_id), {}))

    def value(self, block_id: str, action_id: str) -> Any:
        """What is typed or chosen: text, option, list of options, date..., None or [] when nothing is."""
        place = (block_id, action_id)
        return self._states[place][SHAPES[self._elements[place]["type"]].field]

    def put(self, block_id: str, action_id: str, value: Any) -> Json:
        """Type or choose, and give back the element's new state; raises KeyError, NoSuchOptionError."""
        place = (block_id, action_id)
        state = state_of(self._elements[place], value, self._offered_at(place))
        self._states[place] = state
        return dict(state)

    def offer(self, block_id: str, action_id: str, options: Iterable[Json]) -> None:
        """Remember options the app suggested, so that they may be chosen by their value."""
        seen = self._offered.setdefault((block_id, action_id), {})
        seen.update({option["value"]: option for option in options})

    def _kept_or_first(self, place: Place, element: Json) -> Json:
        before = self._elements.get(place)
        if before is not None and before["type"] == element["type"]:
            return self._states[place]
        return state_at_first(element)

    def _offered_at(self, place: Place) -> list[Json]:
        if self._elements[place]["type"] not in EXTERNAL_SELECTS:
            return []
        return self._chosen_at(place) + list(self._offered.get(place, {}).values())

    def _chosen_at(self, place: Place) -> list[Json]:
        chosen = self._states[place][SHAPES[self._elements[place]["type"]].field]
        return chosen if isinstance(chosen, list) else [chosen] if chosen else []
