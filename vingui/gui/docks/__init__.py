"""The dock panels beside the views: model, starts, inspector and convergence."""
