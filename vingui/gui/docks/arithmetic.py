"""What the inspector shows of the pinned cell: one backup as a sum, and the policy that follows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import CellBackup
from vingui.core.grid import Cell
from vingui.core.moves import ACTION_NAMES, DELTAS
from vingui.core.run import Run
from vingui.core.ticks import minus
from vingui.gui.docks.compass import ARROWS, Direction
from vingui.gui.docks.number_list import Row

_NONE: Final = "–"
_UNKNOWN: Final = "…"


@dataclass(frozen=True)
class Arithmetic:
    """The texts and numbers of one backup and of one policy.

    Attributes:
        about: how V_k comes about, or why that cannot be shown.
        header: the titles of the backup's columns.
        rows: the terms and the q-value of each latent action.
        result: V_k.
        policy_about: how the policy comes about.
        policy_header: the titles of the policy's columns.
        policy_rows: the logit and the probability of each action.
    """

    about: str
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    result: str = ""
    policy_about: str = ""
    policy_header: tuple[str, ...] = ()
    policy_rows: tuple[Row, ...] = ()

    @property
    def lines(self) -> list[str]:
        """All of it as lines of text, with tabs between columns."""
        tables = (
            (self.about, self.header, self.rows, self.result),
            (self.policy_about, self.policy_header, self.policy_rows, ""),
        )
        lines = []
        for about, header, rows, result in tables:
            lines += [about, "\t".join(header), *(row.line for row in rows), result]
        return [line for line in lines if line]


def arithmetic(
    run: Run, k: int, cell: Cell, directions: tuple[Direction, ...], *, costs: bool | None
) -> Arithmetic | None:
    """Describe how a cell that has a value got its V_k, and what policy follows from V_k.

    Args:
        run: the plan.
        k: the iteration, one of those that are kept.
        cell: a free cell.
        directions: its actions.
        costs: whether V is minus a cost, as of a dynamic kernel; `None` while unknown.

    Returns:
        `None` while the planner has not answered yet.
    """
    if costs and cell in run.grid.goals:
        return Arithmetic(
            f"The value of a goal is given, not computed: {_text(run.value(cell, k), 2)} in every "
            "iteration."
        )
    if not run.readouts.has_backups:
        return Arithmetic(
            "A search makes no Bellman backups, so there is no sum to show."
            if run.is_search
            else "How the planner of another package computes its values is not known."
        )
    if run.readouts.backup_request(k, cell) is None:
        return Arithmetic(
            f"On a map of this size not every V_k is kept, and V_{k - 1} is not. So there is "
            f"nothing to compute V_{k} from; another k has its sum here."
        )
    backup = run.readouts.backup(k, cell)
    if backup is None:
        return None
    return _taken_apart(backup, directions)


def _taken_apart(backup: CellBackup, directions: tuple[Direction, ...]) -> Arithmetic:
    k, moves = backup.k, bool(len(backup.leads))
    decimals = _decimals(backup.reward, backup.onward, backup.q)
    best, acts = float(backup.q.max()), bool(np.isfinite(backup.logits).any())
    return Arithmetic(
        _about(backup),
        ("", "reward", f"V_{k - 1}", "q") if moves else ("latent", "of R", f"of V_{k - 1}", "q"),
        _sums(backup, decimals),
        f"V_{k} = {_text(best, decimals)}, the largest q"
        if np.isfinite(best)
        else f"V_{k}: not reached yet",
        _about_policy(backup) if acts else "",
        ("", "q" if moves else "logit", "p %"),
        _policy(backup, directions) if acts else (),
    )


def _about(backup: CellBackup) -> str:
    before, now = f"V_{backup.k - 1}", f"V_{backup.k}"
    if len(backup.leads):
        first = " V_0 has the goals alone." if backup.k == 1 else ""
        return f"q = reward + {before} where the action leads.{first} {now} is the largest q."
    first = ", which is 0 everywhere" if backup.k == 1 else ""
    return f"q = a convolution of the rewards R + one of {before}{first}. {now} is the largest q."


def _about_policy(backup: CellBackup) -> str:
    q = backup.next_q
    beyond = f"These q are from V_{backup.k}, so it looks one step beyond: to V_{backup.k + 1}."
    if not len(backup.leads):
        return f"Policy: p is the softmax of logits, learned sums of all {q.size} q. {beyond}"
    finite = np.isfinite(q) & (q != 0)
    factor = float(backup.logits[finite][0] / q[finite][0]) if finite.any() else 1.0
    return f"Policy: p is the softmax of {factor:z.3g} times q. {beyond}"


def _sums(backup: CellBackup, decimals: int) -> tuple[Row, ...]:
    best = backup.q.max()
    rows = []
    for action, terms in enumerate(zip(backup.reward, backup.onward, backup.q, strict=True)):
        name, stays = str(action), False
        if len(backup.leads):
            lead = tuple(backup.leads[action].tolist())
            name, stays = _name(action, lead), lead == (0, 0)
        rows.append(
            Row(
                (name, *(_text(float(term), decimals) for term in terms)),
                strong=bool(np.isfinite(best) and terms[-1] == best),
                muted=stays,
            )
        )
    return tuple(rows)


def _name(action: int, lead: tuple[int, ...]) -> str:
    """The name of an action; where it leads elsewhere than it should, with that arrow too."""
    name = ACTION_NAMES[action]
    elsewhere = lead not in ((0, 0), tuple(DELTAS[action].tolist()))
    arrow = ARROWS[ACTION_NAMES[DELTAS.tolist().index(list(lead))]] if elsewhere else ""
    return f"{ARROWS[name]} {name} {arrow}".rstrip()


def _policy(backup: CellBackup, directions: tuple[Direction, ...]) -> tuple[Row, ...]:
    numbers = backup.next_q if len(backup.leads) else backup.logits
    decimals, rows = _decimals(numbers), []
    for direction, number in zip(directions, numbers.tolist(), strict=True):
        p = direction.probability
        rows.append(
            Row(
                (
                    f"{ARROWS[direction.name]} {direction.name}",
                    _text(number, decimals),
                    _UNKNOWN if p is None else f"{100 * p:z.1f}",
                ),
                dotted=direction.optimal,
                strong=direction.likeliest,
                muted=not direction.legal,
                share=p or 0.0,
            )
        )
    return tuple(rows)


def _decimals(*terms: NDArray[np.float32]) -> int:
    """As many decimals as fit, the same for all numbers, so that one sees them add up."""
    largest = max(np.abs(one[np.isfinite(one)]).max(initial=0) for one in terms)
    return 2 if largest < 1000 else 1 if largest < 10_000 else 0


def _text(number: float, decimals: int) -> str:
    return minus(f"{number:z.{decimals}f}") if np.isfinite(number) else _NONE
