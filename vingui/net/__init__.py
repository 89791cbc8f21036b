"""The networks: Value Iteration Networks in Keras 3, their weights, training and planning."""
