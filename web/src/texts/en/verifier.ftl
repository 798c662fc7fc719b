# What the verifier page says.

choose-title = What does this door ask?
choose-help = Choose once. The question then stays for five minutes, so that nobody is asked two.
choose-none = The trust list names nothing that a door may ask today. Go online, so that it is updated.
choose-learns = What you will learn
choose-open = Open the door: { $policy }
keeps-nothing = This device keeps the trust list and your settings. Of what is scanned it keeps nothing.

list-fresh = Trust list of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = Go online soon: the trust list is more than a day old. It is of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = Go online: the trust list has expired, and every code is refused. It is of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

scan-opens-in = { $seconds ->
        [one] Opens in { $seconds } second
       *[other] Opens in { $seconds } seconds
    }. Codes made before that may have been shown here already.
scan-question = Show the question to visitors
scan-question-help = Who scans this in a wallet need not look for the question. It says only which one it is.
scan-question-code = What this door asks, for a wallet to scan
scan-mute = No sound
scan-kiosk = Full screen
scan-kiosk-leave = Hold for two seconds to leave
scan-other-question = Ask something else
scan-locked-until = Possible from { DATETIME($time, timeStyle: "short") }
