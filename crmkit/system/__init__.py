"""What every service tells of itself to its operators."""
