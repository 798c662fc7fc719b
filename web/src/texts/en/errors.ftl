# What went wrong in a wallet or with a trust list, and what to do next. Names follow the codes of the programs, with - for _.

error-internal = Something went wrong here. Nothing was changed. Try again, and report it if it happens again.

## Collecting

error-link-malformed = This is not a pickup link. Scan the code or open the link that the lab gave you.
error-link-without-code = This link has no code in it. Type the short code and the second factor that the lab gave you.
error-code-malformed = This is not a pickup code. Check each letter and digit.
error-address-malformed = This is not the address of a lab.
error-declined-code = This code does not count: it was mistyped, is too old, or was used already. Check it, or ask the lab for a new one.
error-declined-too-often = That was tried too often. Nothing is lost: try again in some minutes.
error-declined-token = That took too long. Try again.
error-declined-taken-by-another = Another wallet has collected with this code already. If that was not you, tell the lab at once.
error-declined-denied = This record gets no more passes: it was withdrawn, or has ended. Ask the lab that issued it.
error-declined-nonce = That took too long. Try again.
error-declined-proof = The service does not accept this wallet’s proof. Check that this device’s clock is right, and try again.
error-declined-other-list = The service goes by another trust list or another day. Check that this device’s clock is right, and try again in some minutes.
error-declined-busy = The service cannot answer now. Nothing is lost: try again later.
error-declined-status = The service refuses (status { $status }). Try again later.
error-declined-unreadable = What answers there is not the expected service, or one of another version.

## Records and passes that came

error-record-malformed = What the lab sent is not a record. Nothing of it was kept: tell the lab.
error-record-not-a-record = The lab signed with a key that may not sign records. Nothing was kept: tell the lab.
error-record-foreign-claim = What the lab sent says things that such a record may not say. Nothing was kept: tell the lab.
error-record-other-type = What the lab sent is another kind of record than it had said. Nothing of it was kept: tell the lab.
error-record-binding = What the lab sent was made for another wallet. Nothing was kept: tell the lab.
error-record-signature = The lab’s signature does not hold. Nothing was kept: tell the lab.
error-record-ended = This record has ended. Ask the lab for a new result.
error-passes-malformed = What the pass office sent is not an answer. Nothing was kept: tell the authority.
error-passes-count = The pass office sent another number of passes than it sends to everybody. Nothing was kept: tell the authority.
error-passes-other-list = A newer trust list came in between. Renew again.
error-passes-missing = The pass office left out a pass for { DATETIME($day, day: "numeric", month: "long") } that you have a right to. Nothing was kept: tell the authority.
error-passes-undue = The pass office sent a pass for { DATETIME($day, day: "numeric", month: "long") } that you have no right to. Nothing was kept: tell the authority.
error-passes-signature = The pass office’s signature for { DATETIME($day, day: "numeric", month: "long") } does not hold. Nothing was kept: tell the authority.
error-passes-facts = The facts of this record cannot be hidden, so no pass is made from them. Tell the lab.
error-key-unknown = The authority does not list the key of this record, or no longer. Ask the lab for a new result.
error-key-withdrawn = The authority has withdrawn the key of this record. Ask the lab for a new result.
error-key-not-in-force = The key of this record does not count today. Ask the lab for a new result.
error-key-specimen = The key of this record is for practice only.

## Showing

error-policy-not-in-force = Doors may ask this from { DATETIME($first, day: "numeric", month: "long") } to { DATETIME($last, day: "numeric", month: "long") }, and not today.
error-needs-poster = This is only answered where a poster or a screen asks it. Scan what is shown there.
error-poster-not-certified = This poster is not by an organiser whom the authority has certified for its day. Nothing was shown: do not answer it, and tell the venue.
error-not-this-way = This may not be asked in this way, so it is not answered. Tell the venue.
error-split-view = The organiser of this poster holds another trust list of version { $version } than you do. One of the two is false. Nothing was shown: tell the authority.
error-organiser-withdrawn = The authority has withdrawn the organiser of this poster. Nothing was shown: tell the venue.
error-poster-not-yet = This poster is not open yet. Scan it again when the entrance opens, or set this device’s clock.
error-poster-over = This poster has closed. Scan the one of today, or set this device’s clock.
error-event-not-today = This poster is for { DATETIME($day, day: "numeric", month: "long") }, and not for today. Scan the one of today.
error-no-poster = This is not an organiser’s poster.
error-poster-refused = This poster is not by an organiser whom the authority has certified for its day. Ask the organiser for another one.
error-poster-of-other-list = The organiser of this poster holds another trust list of version { $version } than this door does. One of the two is false. The poster does not hang: tell the authority.
error-no-pass = None of your passes says what is asked. Renew, or collect a result that does.
error-not-today = Your passes for this are not for today. Renew while you are online.
error-outdated = The authority has asked for new passes. Renew while you are online.
error-no-hint = This door compares with your ID card, and your pass has no hint for that. Switch the hint on and renew; if it is still missing, ask the lab for it.
# $type: the kind of the pass that is missing.
error-no-pass-of-two = Two of your passes are asked for together. This one is missing, so nothing was shown: { $type }. Renew, or collect a result that gives it.
error-not-today-of-two = Two of your passes are asked for together. This one is not for today: { $type }. Renew while you are online.
error-outdated-of-two = Two of your passes are asked for together, and the authority has asked for a new one of this kind: { $type }. Renew while you are online.
error-no-hint-of-two = Two of your passes are asked for together and compared with your ID card. This one has no hint for that: { $type }. Switch the hint on and renew; if it is still missing, ask the lab for it.
error-policy-unfit = This question does not go with the kind of pass that you have. Renew; if that does not help, tell the venue.
error-pass-does-not-hold = This pass does not hold. Renew while you are online.
error-pass-malformed = This pass cannot be shown. Renew while you are online.
error-too-much-for-a-code = This is too much for one code.
error-question-malformed = This is not a door’s question. Scan the code that the door shows, or choose from the list.
error-question-unknown = This wallet’s trust list does not have this question. Go online, so that the list is updated, or choose from the list.
error-no-such-policy = This question is not on the trust list any more.
error-no-such-record = This record is not here any more.

## Trust lists

error-trust-too-large = What came is too long for a trust list. Try again later.
error-trust-malformed = What came is not a trust list. Try again later.
error-trust-wrong-root = The trust list belongs to another root key. Tell whoever runs this page.
error-trust-bad-signature = The signature of the trust list does not hold. Try again later.
error-trust-bad-statement = A part of the trust list is not signed as it must be. Tell the authority.
error-trust-delegate-not-in-force = The trust list was signed by someone who was not entitled to at that time. Tell the authority.
error-trust-retired-delegate = The trust list was signed by someone who has been replaced. Try again later.
error-trust-inconsistent = The parts of the trust list do not go together. Tell the authority.
error-trust-published-test-key = The trust list contains a key that everybody knows. Tell the authority.
error-trust-older = The trust list that came is version { $got }; version { $have } is already here.
error-trust-fork = Two different trust lists of version { $version } or later are in circulation. Tell the authority.
error-trust-issued-earlier = The trust list is a later version with an earlier date. Tell the authority.
error-trust-missing-withdrawal = A withdrawal is missing from the newer trust list. Tell the authority.
error-trust-other-programme = This is the trust list of another programme.
error-trust-older-programme = The trust list has settings that have been replaced. Tell the authority.
error-trust-expired = The trust list has expired. Go online, so that it is updated.
error-trust-clock-before-issue = This device’s clock is earlier than the trust list. Set the clock.
error-root-malformed = This page names no proper root key. Tell whoever runs it.
error-root-published = This page names a root key that everybody can sign with. Tell whoever runs it.
error-source-is-a-file = This wallet takes its trust list from a file, which a web page cannot read.

## What is sealed

error-wrong-passphrase-or-damaged = The passphrase is wrong, or the file is damaged.
error-passphrase-empty = A passphrase must not be empty.
error-passphrase-too-short = This passphrase is too short: take at least { $shortest } characters.
error-passphrase-needed = A passphrase is needed to open this.
error-not-sealed = This is not a backup of a wallet.
error-sealed-other-version = This was made by another version. Update this app.
error-sealed-other-kind = This file is something else than a backup of a wallet.
error-sealed-cut-short = This file is incomplete. Choose the whole file.
error-sealed-too-long = This file is too large for a wallet.
error-sealed-too-costly = Opening this would take more memory than this device should give. It was not made by this app.
error-no-memory = This device has too little memory free. Close other pages and try again.
error-wallet-malformed = This opens, but it is not a wallet of this version. Update this app.
error-key-length = The key of the storage does not have the right length.

## Storage of this browser

error-storage-damaged = What this browser has kept is damaged. Restore your backup, or start anew.
error-storage-rolled-back = Something older was put back in place of your wallet. Restore your backup, or start anew.
error-storage-unavailable = This browser does not let the page keep anything. Leave private mode, or use another browser.
error-storage-full = There is no room left on this device. Free some, and try again: nothing was lost.

## Set-up and network

error-configuration-missing = This page has not been set up. Tell whoever runs it.
error-configuration-wrong = This page has been set up wrongly ({ $field }). Tell whoever runs it.
error-list-missing = The trust list cannot be fetched now (status { $status }). Try again later.
error-unreachable = { $host } cannot be reached. Nothing is lost: try again when you are online.
error-unreadable-reply = What came is longer than an answer may be. Try again later.
error-wasm-missing = A part of this page could not be loaded. Go online and load the page anew.
