"""Reading surveys, by what the reader wants: `surveys` and their versions, `results`, `feedback`."""
