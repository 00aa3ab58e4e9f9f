select {{ nowhere(
