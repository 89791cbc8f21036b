"""The model panel's advice about K, which depends on the kind of model."""

from dataclasses import dataclass

from vingui.core.cards import ModelCard
from vingui.core.run import Run


@dataclass(frozen=True)
class Advice:
    """A suggested change of K.

    Attributes:
        reason: why, in one or two sentences.
        button: the text of the button that sets K to auto.
    """

    reason: str
    button: str


def advise(run: Run, card: ModelCard | None, *, fixed: int) -> Advice | None:
    """Return the change of K to suggest after a plan, if any.

    A dynamic kernel's values converge, and more iterations never make them worse. The paper's VIN
    is trained for one K, and more iterations may make its plans worse, so raising K is no advice.

    Args:
        run: the plan that is shown.
        card: the model's card, if it has one.
        fixed: the K that the user has set; 0 for auto.
    """
    if not run.finished or fixed == 0:
        return None
    trained = trained_k(card)
    if trained is not None:
        if fixed == trained:
            return None
        need = "more iterations may not help" if fixed > trained else "fewer may not be enough"
        return Advice(f"Trained with K = {trained:,}; {need}.", f"Set K to {trained:,}")
    if run.converged:
        return None
    if _is_dynamic(run, card):
        reason = (
            "The values still change. Raise K, or use auto, which stops when they no longer change."
        )
        return Advice(reason, "Set K to auto")
    reason = "The values still change. Auto uses the K that the model was trained with."
    return Advice(reason, "Set K to auto")


def trained_k(card: ModelCard | None) -> int | None:
    """The K that a model of the paper's kind was trained with; `None` for others or if unknown."""
    if card is None or card.architecture != "vin":
        return None
    iterations = card.settings.get("iterations")
    return iterations if type(iterations) is int and iterations > 0 else None


def auto_k(card: ModelCard | None) -> str:
    """Describe what K on auto does with a model."""
    trained = trained_k(card)
    if trained is not None:
        return f"Use the K that the model was trained with: {trained:,}"
    if card is not None and card.architecture != "vin":
        return "Iterate until the values no longer change"
    return "Use the K that the model was trained with, or iterate until the values no longer change"


def _is_dynamic(run: Run, card: ModelCard | None) -> bool:
    """Whether the values are costs, which converge: by the card or else the learned reward."""
    if card is not None:
        return card.architecture != "vin"
    return run.reward is not None and run.reward.shape[-1] == run.rule.n_actions
