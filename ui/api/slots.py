"""How many exports may run at once: each takes memory and a share of the machine that the pages need too."""

import threading

MOST_AT_ONCE = 4
# So that those with a token get in, however many strangers there are.
MOST_OF_THE_PUBLIC = 3
RETRY_SECONDS = 30


class Slot:
    """The right to run one export, until `release`; releasing it again does nothing."""

    def __init__(self, slots: "Slots", is_public: bool) -> None:
        self._slots, self._is_public, self._is_held = slots, is_public, True

    def release(self) -> None:
        self._slots.give_back(self)

    def end(self) -> bool | None:
        """Whether it was the public's, the first time it is asked; None ever after."""
        was_held, self._is_held = self._is_held, False
        return self._is_public if was_held else None


class Slots:
    """Hands out slots to threads as long as there are any."""

    def __init__(self, most: int = MOST_AT_ONCE, most_of_the_public: int = MOST_OF_THE_PUBLIC) -> None:
        self._most, self._most_of_the_public = most, most_of_the_public
        self._lock = threading.Lock()
        self._taken = self._taken_by_the_public = 0

    @property
    def taken(self) -> int:
        return self._taken

    def take(self, is_public: bool) -> Slot | None:
        """A slot, or None where too many exports run."""
        with self._lock:
            if self._taken >= self._most or (is_public and self._taken_by_the_public >= self._most_of_the_public):
                return None
            self._taken += 1
            self._taken_by_the_public += is_public
            return Slot(self, is_public)

    def give_back(self, slot: Slot) -> None:
        with self._lock:
            was_public = slot.end()
            if was_public is not None:
                self._taken -= 1
                self._taken_by_the_public -= was_public


SLOTS = Slots()
