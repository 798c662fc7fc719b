# Why a door says no: the reason, and in .help what to do next. Names follow the codes of the verifier, with - for _.

reason-unreadable = This is not a readable Bauta code
    .help = Clean or brighten the screen and scan again.
reason-malformed = The code is damaged or not made by a Bauta wallet
    .help = Open the pass again and scan the new code.
reason-several-codes = There are several codes
    .help = Show one code at a time.
reason-newer-format = The wallet uses a newer format
    .help = Update this verifier.
reason-mode-unsupported = This verifier cannot read this kind of code yet
    .help = Show the pass from a phone, and not on paper.
reason-other-policy = The code answers another question
    .help = Choose in the wallet what this door asks for.
reason-pass-count = The code shows another number of passes than this door asks for
    .help = Scan the question of this door, and show the new code.
reason-other-mode = The code answers in another way than this door asks
    .help = Scan the code that this door shows, and show the new one.
reason-other-poster = The code answers another poster
    .help = Scan the poster that hangs here, and show the new code.
reason-other-nonce = The code does not answer what this screen shows
    .help = Scan the screen, and show the new code.
reason-nonce-used = What the screen showed was answered already
    .help = Scan the screen again, and show the new code.
reason-nonce-expired = What the screen showed is too old
    .help = Scan what it shows now, and show the new code.
reason-mode-refused = A code that is only shown is not accepted here
    .help = Use the way that the venue offers.
reason-policy-not-met = The pass does not meet what is asked here
    .help = Show a pass that does.
reason-unknown-key = The issuer is not on this door’s trust list
    .help = Go online, so that the list is updated. If that does not help, the issuer is not recognised.
reason-withdrawn = The pass was withdrawn
    .help = Renew the wallet while online and show the new pass.
reason-not-in-force = The pass does not hold on its day
    .help = Renew the wallet while online and show the new pass.
reason-specimen = This is a specimen, not a real pass
    .help = It is for practice only.
reason-day-past = The pass is for a day that is over
    .help = Renew the wallet while online and show today’s pass.
reason-day-future = The pass is for a day still to come
    .help = Check the phone’s date and show today’s pass.
reason-clock-behind =
    { $minutes ->
        [one] The code is old, or the phone’s clock is about a minute behind
       *[other] The code is old, or the phone’s clock is about { $minutes } minutes behind
    }
    .help = Make a new code. If that does not help, set the phone’s clock.
reason-clock-ahead =
    { $minutes ->
        [one] The phone’s clock is about a minute ahead
       *[other] The phone’s clock is about { $minutes } minutes ahead
    }
    .help = Set the phone’s clock and make a new code.
reason-already-shown = This code was already shown
    .help = Make a new code in the wallet.
reason-already-entered = This guest has come in before
    .help = Each guest comes in once.
reason-proof-invalid = The code does not hold
    .help = Make a new code and scan again.
reason-just-restarted = This door has just opened
    .help = It cannot know yet what was shown before. Scan a new code in about two minutes, where a poster or a screen asks in about six.
reason-memory-full = This door remembers as many codes as it can
    .help = Wait a few minutes, or open a second door.
reason-poster-not-open = The poster at this door is not open now
    .help = Hang up the poster of today.
reason-organiser-withdrawn = The authority has withdrawn the organiser of this poster
    .help = Take the poster down, and ask the authority.
reason-poster-of-other-list = The organiser of this poster holds another trust list than this door
    .help = One of the two is false. Take the poster down, and tell the authority.
reason-entries-unknown = This door cannot know who came in before it started
    .help = Vouch that nobody did, or let people in at a door that knows.
reason-entries-unreachable = The list of who came in does not answer
    .help = Scan again. If it fails again, see to the machine that keeps it.
reason-trust-expired = This door’s trust list has expired
    .help = Go online, so that it is updated.
reason-clock-before-list = This device’s clock is earlier than its trust list
    .help = Set the clock of this device.
reason-programme-over = The programme has ended
    .help = Nothing is checked any more.
reason-policy-withdrawn = What this door asks is not in force today
    .help = Choose another question, or go online so that the trust list is updated.
reason-internal = The check failed
    .help = Scan again. If it fails again, report it.

## Faults of scanning

reason-reader-failed = The code could not be read
    .help = Scan again.
reason-camera-stalled = The camera stopped sending pictures
    .help = It is started again: show the code once more.
