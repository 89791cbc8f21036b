"""What the model panel advises about K, which differs between the kinds of model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vingui.core.cards import ModelCard
    from vingui.core.run import Run


@dataclass(frozen=True)
class Advice:
    """A change of K that is worth offering.

    Attributes:
        reason: why, in a sentence or two.
        button: what the button that sets K to auto says.
    """

    reason: str
    button: str


def advise(run: "Run", card: "ModelCard | None", *, fixed: int) -> Advice | None:
    """The change of K to offer after a plan.

    A dynamic kernel's values come to rest, and more iterations never make them worse. The paper's
    VIN is trained for one K: more iterations may make its plans worse, so raising K is no advice.

    Args:
        run: the plan that is shown.
        card: the model's card, where it has one.
        fixed: the K that the user has set; 0 for auto.
    """
    if not run.finished or fixed == 0:
        return None
    trained = trained_k(card)
    if trained is not None:
        if fixed == trained:
            return None
        need = "more iterations need not help" if fixed > trained else "fewer may not be enough"
        return Advice(f"Trained with K = {trained:,}; {need}.", f"Set K to {trained:,}")
    if run.converged:
        return None
    if _is_dynamic(run, card):
        reason = (
            "The values still change. Raise K, or let it be found: auto stops when they settle."
        )
        return Advice(reason, "Set K to auto")
    reason = "The values still change. Auto uses the K that the model was trained with."
    return Advice(reason, "Set K to auto")


def trained_k(card: "ModelCard | None") -> int | None:
    """The K that a model was trained with, where it plans with that K alone and it is known."""
    if card is None or card.architecture != "vin":
        return None
    iterations = card.settings.get("iterations")
    return iterations if type(iterations) is int and iterations > 0 else None


def auto_k(card: "ModelCard | None") -> str:
    """What K on auto does with a model."""
    trained = trained_k(card)
    if trained is not None:
        return f"Use the K that the model was trained with: {trained:,}"
    if card is not None and card.architecture != "vin":
        return "Iterate until the values no longer change"
    return "Use the K that the model was trained with, or iterate until the values no longer change"


def _is_dynamic(run: "Run", card: "ModelCard | None") -> bool:
    """Whether the values are costs, which come to rest: by the card, or by the learned reward."""
    if card is not None:
        return card.architecture != "vin"
    return run.reward is not None and run.reward.shape[-1] == run.rule.n_actions
