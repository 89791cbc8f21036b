"""The two pictures, the map and the value function, and what is drawn over them."""
