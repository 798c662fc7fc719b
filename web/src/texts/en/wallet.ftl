# What the wallet page says.

person-first = My wallet
person-restored = From a backup
passphrase = Passphrase
keep = Keep it

## Start

start-title = Show that a rule is met, and nothing else
start-lead = This wallet keeps results from your lab, and shows at a door only what the door may ask.
start-promise-rule = The door learns that today’s rule is met. Not your name, not which lab, not whether it was a test or a vaccination.
start-promise-offline = Showing works without a network. Nobody is told where you go.
start-promise-here = Everything stays on this phone, sealed. There is no account.
start-waiting = A result is waiting for you. Set up your wallet to collect it.
start-begin = Set up my wallet
start-restore = I have a backup

## Locked, elsewhere, gone

locked-title = Your wallet is locked
locked-open = Unlock
locked-opening = Unlocking…
locked-forgotten = I forgot the passphrase
locked-forgotten-help = Nobody can open the wallet without it. You can remove everything and begin again, with a backup or with new codes from your lab.
elsewhere-title = Your wallet is open in another tab
elsewhere-help = Only one tab at a time can change it. Close the other one, or go on here.
elsewhere-here = Go on here
gone-title = Everything was removed
gone-help = Nothing of your wallet is left in this browser. A backup file that you saved is still where you put it.
gone-again = Begin again
fault-remove-help = You can remove everything from this browser and begin again, with a backup or with new codes from your lab.

## Home

home-title = My wallet
home-show = Show at a door
home-collect = Add a result
home-empty = No results yet
home-empty-help = Your lab gives you a link, a QR code, or a code that is read out to you. With it you collect your result.
home-waiting = A result is waiting for you
home-waiting-look = Look at it
home-not-yet = Waiting for your lab
home-not-yet-help = { $issuer } has no result yet. This wallet asks again by itself while it is open. Nothing is lost when you close it.
home-not-yet-stop = Stop waiting
home-interrupted = A result is not here completely
home-interrupted-help = The connection was interrupted. Nothing is lost.
home-go-on = Go on
home-list-ageing = The trust list is more than a day old. Go online soon.
home-list-expired = The trust list has expired. Go online, so that doors accept your passes.
record-passes-until = Ready to show until { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
record-no-passes = No passes yet
record-more = What it says
record-passes = Passes
record-day = { DATETIME($day, weekday: "short", day: "numeric", month: "short") }
record-pass-together = { $rule } (with another result of yours)
record-valid-until = until { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
record-renew = Fetch passes now

## Collecting

collect-title = Add a result
collect-scan = Scan the QR code that your lab gave you, or paste its link.
collect-spoken = I have a code that was read out
collect-issuer = Your lab
collect-code = Code
collect-code-help = Eight letters and digits, like 7XK4-M2PQ
collect-factor = Second code
collect-factor-help = It came by another way, for example by message
collect-go = Collect
collect-confirm-title = A result is waiting for you
collect-confirm = It comes from { $issuer }. Once it is here, the lab deletes it.
collect-confirm-for = It will be kept in the wallet “{ $person }”.
collect-unknown-issuer = This link does not lead to a lab of this programme. Nothing was sent. Ask your lab for a new link.
collect-drop = Not now, discard the link
collect-collecting = Your result is being collected…
collect-renewing = Your passes are being fetched…
collect-done = Your result is here
collect-done-help = Your passes are ready. New ones come by themselves while the wallet is open.
collect-done-without-passes = Your result is safe in this wallet. Its passes could not be fetched now; that is tried again by itself.
collect-not-yet = Your lab has no result yet
collect-not-yet-help = This wallet keeps your code and asks again by itself while it is open. You can close it and come back later.
collect-home = To my wallet

## Showing

doors-title = What does the door ask?
doors-help = Choose what stands at the door. You see what it will learn before you show anything.
doors-none = There is nothing that you can show now.
doors-scan = Scan a poster or a screen
doors-scan-help = At some entrances a poster or a screen asks. Scan it: you see who asks and what the door will learn before you show anything.
doors-others = What you cannot show now
doors-renew = Fetch new passes
show-title = Show at a door
show-done = Done
show-scan-again = Scan the screen again

## Settings

settings-title = Settings
settings-people = People on this phone
settings-records = Results and hint
settings-passphrase = Passphrase
settings-backup = Backup
settings-about = About this wallet

people-help = Each person has a wallet of their own. The names are for you: they never leave this phone.
people-here = (open)
people-choose = Open { $person }
people-name = Name
people-save = Save
people-add = Add a person
people-rename = Rename { $person }
people-remove = Remove { $person }
people-remove-sure = The wallet “{ $person }” and all its results are removed. This cannot be undone.

records-none = No results yet.
records-forget = Remove { $record }
records-forget-sure = { $record } and its passes are removed, also those that it gave together with another result. This cannot be undone; your lab no longer has them.
records-hint = Passes carry my hint
records-hint-help = A group of letters of your first initial and your month of birth, for doors that compare it with an ID card. The pass office learns it too.

passphrase-help = Without a passphrase the wallet opens for whoever can use this browser. With one it is also locked after five minutes out of sight.
passphrase-rule = At least 8 characters. Nobody can reset it.
passphrase-new = New passphrase
passphrase-change = New passphrase instead of the present one
passphrase-again = The same once more
passphrase-set = Set passphrase
passphrase-set-done = The passphrase is set.
passphrase-remove = Remove passphrase
passphrase-removed = The passphrase is removed.
passphrase-lock-now = Lock now

backup-help = A backup is a sealed file of the wallet that is open. Keep it apart from this phone, and its passphrase apart from both.
backup-passphrase = Passphrase of the backup
backup-save = Save backup
backup-running = The backup is being sealed…
backup-saved = The backup was handed to your browser to save.
restore-title = Restore a backup
restore-adds = The backup becomes one more wallet on this phone.
restore-file = Backup file
restore-passphrase = Passphrase of the backup
restore-go = Restore
restore-running = The backup is being opened…
restore-done = The backup is restored, and its wallet is open.

about-programme = Programme
about-list = Trust list
about-list-of = Number { $version }, of { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
about-kept = This browser keeps your results, passes and the names above, sealed. Nothing else.
about-sent = Sent are: your code to the lab when you collect; the result to the pass office when passes are fetched. When you show, nothing is sent.

remove-everything = Remove everything
remove-sure = All wallets on this phone are removed: results, passes, names and keys. This cannot be undone.
remove-yes = Yes, remove

error-passphrase-differs = The two passphrases are not the same.
