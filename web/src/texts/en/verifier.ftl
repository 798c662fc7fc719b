# What the verifier page says.

choose-title = What does this door ask?
choose-help = Choose once. The question then stays for five minutes, so that nobody is asked two.
choose-none = The trust list names nothing that a door may ask today. Go online, so that it is updated.
choose-learns = What you will learn
choose-learns-again = With a poster also: whether the same guest has come in to this event before
choose-open = Open the door: { $policy }
choose-fresh = Show a fresh code to each visitor: { $policy }
choose-poster = A poster hangs at the entrance: { $policy }
choose-ways-help = With a fresh code on this screen, or with an organiser’s poster, visitors scan first and then show their answer: copies of it are worthless.
keeps-nothing = This device keeps the trust list and your settings. Of what is scanned it keeps nothing.

list-fresh = Trust list of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = Go online soon: the trust list is more than a day old. It is of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = Go online: the trust list has expired, and every code is refused. It is of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

poster-title = The poster at the entrance
poster-help = Scan the organiser’s poster that hangs here, or choose its picture or its text as a file. Visitors then answer it, and this door takes the answers to it alone.
poster-check = Is this the poster that hangs here?
poster-organiser = Organiser
poster-day = Day of the event
poster-from = Opens
poster-until = Closes
poster-value-day = { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
poster-value-time = { DATETIME($time, weekday: "long", hour: "numeric", minute: "numeric") }
poster-why = Why it asks
poster-other = Another poster
poster-before = Has nobody been let in to this event yet, at any door?
poster-before-help = This door remembers who came in until the page is closed, and no other door knows of it. If somebody was let in before, they could come in here once more.
poster-nobody = Nobody yet: open the door
poster-somebody = Somebody has, at this door: go on
poster-open = Open the door

scan-opens-in = { $seconds ->
        [one] Opens in { $seconds } second
       *[other] Opens in { $seconds } seconds
    }. Codes made before that may have been shown here already.
scan-question = Show the question to visitors
scan-question-help = Who scans this in a wallet need not look for the question. It says only which one it is.
scan-question-code = What this door asks, for a wallet to scan
scan-fresh-help = Visitors scan this in their wallet and then show their answer to the camera. It is another one after each answer, and every two minutes.
scan-fresh-code = A fresh question of this door, for one wallet to scan
scan-fresh-none = The question is being made…
scan-poster = Poster of { $organiser } for { DATETIME($day, weekday: "long", day: "numeric", month: "long") }, until { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
scan-mute = No sound
scan-kiosk = Full screen
scan-kiosk-leave = Hold for two seconds to leave
scan-other-question = Ask something else
scan-locked-until = Possible from { DATETIME($time, timeStyle: "short") }
