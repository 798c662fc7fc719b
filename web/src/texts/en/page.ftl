# What both pages say.

starting = Opening…
back = Back
fault-title = Something went wrong
fault-again = Start again
fault-more = If that does not help

## What can go wrong in a page

error-internal = Something went wrong in this page. Nothing is lost: start it again.
error-unreachable = { $host } cannot be reached. Check your connection and try again. Nothing is lost.
error-reply-too-long = What answered is no Bauta service, or one of another version. Nothing is lost.
error-list-missing = The list of recognised issuers cannot be fetched (status { $status }). Try again later.
error-configuration-missing = The settings of this page (bauta.json) cannot be read. If you run this site: put the file beside the page. Otherwise check your connection and start again.
error-configuration-wrong = The settings of this page (bauta.json) are wrong at “{ $field }”. If you run this site: the guide for hosts says what belongs there.
