# What the custom elements say.

## Scanner

scanner-title = Scan a code
scanner-explains = The camera is used to find a code. Pictures stay on this device and are not kept.
scanner-start = Start camera
scanner-starting = The camera is starting…
scanner-looking = Hold the code in the frame
scanner-view = Camera picture
scanner-stop = Stop camera
scanner-torch-on = Light on
scanner-torch-off = Light off
scanner-other-camera = Other camera
scanner-other-ways = Without camera
scanner-choose-picture = Choose a picture
scanner-drop = Drop a picture here
scanner-paste = Paste
scanner-text = Text of a code or link
scanner-use-text = Use this text
scanner-reading = The picture is being read…
scanner-read = A code was read
scanner-again = Try again

scanner-camera-refused = The camera is not allowed
    .help = Allow it in the settings of your browser for this page, or choose a picture of the code.
scanner-camera-missing = There is no camera here
    .help = Choose a picture of the code, or paste its text.
scanner-camera-busy = The camera cannot be used now
    .help = Another program may be using it. Close that and try again, or choose a picture of the code.
scanner-camera-lost = The camera was switched off
    .help = Start it again, or choose a picture of the code.
scanner-broken = Reading does not work now. Try again, or load the page anew.
scanner-several-codes = There are several codes. Show one at a time.
scanner-no-code = No code was found in this picture. Try a sharper or closer one.
scanner-not-a-picture = This file cannot be read as a picture.
scanner-nothing-to-paste = There is neither a picture nor text to paste.
scanner-paste-refused = Pasting is not allowed here. Press and hold in the text field to paste.
scanner-too-long = This text is too long for a code.

## Pass

pass-code = Code for the door to scan
pass-next = { $seconds ->
        [one] New code in { $seconds } second
       *[other] New code in { $seconds } seconds
    }
pass-left = { $seconds ->
        [one] Good for { $seconds } more second
       *[other] Good for { $seconds } more seconds
    }
pass-hint = Hold your screen up to the scanner, and make it bright.
pass-making = The code is being made…
pass-renewed = There is a new code
pass-over = The time of this code is over. Scan the screen again for another one.
pass-specimen = Specimen: no door accepts this code
pass-failed = The code could not be made
pass-again = Try again

## Verdict

verdict-accepted = Accepted
verdict-refused = Refused
verdict-not-ready = Cannot check
verdict-ageing = The trust list is more than a day old. Go online soon.
verdict-entry-first = First entry
verdict-entry-again = Came in before, and may come in again
# Where two passes were shown. $pass: the kind of one, $value: what it says.
verdict-shown = { $pass }: { $value }
verdict-compare = Compare with the ID card
verdict-initial = First name begins with
verdict-month = Born in
verdict-close = Next

## Consent

consent-title = What the door will learn
consent-why = Why it asks
consent-show = Show
consent-cancel = Back
consent-unknown = Something that this version of the wallet cannot explain. Update it before you show this.
# $organiser: as the authority has certified it.
consent-organiser = Asked by { $organiser }, an organiser whom the authority has certified
consent-event = For the event of { DATETIME($day, weekday: "long", day: "numeric", month: "long") }, until { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
consent-one-entry = Whoever shows a second time at this event is recognised, and does not come in again. Nobody can recognise you at any other event.
consent-reentry = Whoever shows a second time at this event is recognised, and may come in again. Nobody can recognise you at any other event.
consent-organiser-says = Why { $organiser } asks
consent-screen = A screen asks. Nobody has signed whose it is: answer only the screen in front of you. The code is good for this screen alone, and once.

learns-day = The day that your pass is for
# $type: the kind of the pass. What it shows follows, a line each.
learns-pass = That you have a pass of this kind: { $type }. Of it:
learns-admits = That you satisfy the rule “{ $rule }”
learns-admits-one-way-of-several = That you satisfy the rule “{ $rule }”, but not in which way
learns-which-of = Which of these your pass says under “{ $claim }”: { $words }
learns-claim = That your pass says under “{ $claim }”: { $value }
learns-yes = That “{ $claim }” is true of you
learns-no = That “{ $claim }” is not true of you
learns-hint = The group of letters of your first initial, and the month of your birth without the year, to compare with your ID card
learns-this-hint = From your ID card, to compare with it: { $value }
learns-whether = Whether “{ $claim }” is true of you
learns-whatever = What your pass says under “{ $claim }”, if it says anything
learns-one-holder = That both passes are of one person
learns-pseudonym = A pseudonym: the same each time you show at this event, and another one at every other event
learns-nothing-else = Nothing else

## Language

language-choose = Language
