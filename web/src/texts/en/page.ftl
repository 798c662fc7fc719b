# What both pages say.

starting = Opening…
back = Back
fault-title = Something went wrong
fault-again = Start again
fault-more = If that does not help
