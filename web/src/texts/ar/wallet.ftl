# ما تقوله صفحة المحفظة.

person-first = محفظتي
person-restored = من نسخة احتياطية
passphrase = عبارة المرور
keep = الإبقاء

## البداية

start-title = أثبت استيفاء القاعدة، ولا شيء غير ذلك
start-lead = تحفظ هذه المحفظة نتائج مختبرك، ولا تُظهر عند الباب إلا ما يجوز له أن يطلبه.
start-promise-rule = يعرف الباب أن قاعدة اليوم مستوفاة. لا يعرف اسمك، ولا أي مختبر، ولا إن كان فحصًا أم تطعيمًا.
start-promise-offline = يعمل العرض بدون شبكة. لا يُخبَر أحد بوجهتك.
start-promise-here = يبقى كل شيء على هذا الهاتف مختومًا. لا يوجد حساب.
start-waiting = هناك نتيجة بانتظارك. أنشئ محفظتك لاستلامها.
start-begin = إنشاء محفظتي
start-restore = لديّ نسخة احتياطية

## مقفلة، في مكان آخر، أُزيلت

locked-title = محفظتك مقفلة
locked-open = فتح القفل
locked-opening = جارٍ فتح القفل…
locked-forgotten = نسيت عبارة المرور
locked-forgotten-help = لا يستطيع أحد فتح المحفظة بدونها. يمكنك إزالة كل شيء والبدء من جديد، بنسخة احتياطية أو برموز جديدة من مختبرك.
elsewhere-title = محفظتك مفتوحة في علامة تبويب أخرى
elsewhere-help = لا يمكن إلا لعلامة تبويب واحدة تغييرها في الوقت نفسه. أغلق الأخرى، أو تابع هنا.
elsewhere-here = المتابعة هنا
gone-title = أُزيل كل شيء
gone-help = لم يبقَ شيء من محفظتك في هذا المتصفح. أما ملف النسخة الاحتياطية الذي حفظته فما زال حيث وضعته.
gone-again = البدء من جديد
fault-remove-help = يمكنك إزالة كل شيء من هذا المتصفح والبدء من جديد، بنسخة احتياطية أو برموز جديدة من مختبرك.

## الرئيسية

home-title = محفظتي
home-show = العرض عند باب
home-collect = إضافة نتيجة
home-empty = لا توجد نتائج بعد
home-empty-help = يعطيك مختبرك رابطًا أو رمز QR أو رمزًا يُقرأ عليك. به تستلم نتيجتك.
home-waiting = هناك نتيجة بانتظارك
home-waiting-look = الاطلاع عليها
home-not-yet = بانتظار مختبرك
home-not-yet-help = لا توجد نتيجة لدى { $issuer } بعد. تسأل هذه المحفظة من جديد تلقائيًا ما دامت مفتوحة. لا يضيع شيء إذا أغلقتها.
home-not-yet-stop = إيقاف الانتظار
home-interrupted = لم تصل نتيجة بالكامل بعد
home-interrupted-help = انقطع الاتصال. لم يضع شيء.
home-go-on = متابعة
home-list-ageing = مضى على قائمة الثقة أكثر من يوم. اتصل بالإنترنت قريبًا.
home-list-expired = انتهت صلاحية قائمة الثقة. اتصل بالإنترنت كي تقبل الأبواب تصاريحك.
record-passes-until = جاهز للعرض حتى { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
record-no-passes = لا توجد تصاريح بعد
record-more = ما يرد فيه
record-passes = التصاريح
record-day = { DATETIME($day, weekday: "short", day: "numeric", month: "short") }
record-pass-together = { $rule } (مع نتيجة أخرى لك)
record-valid-until = حتى { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
record-renew = جلب التصاريح الآن

## الاستلام

collect-title = إضافة نتيجة
collect-scan = امسح رمز QR الذي أعطاك إياه مختبرك، أو الصق رابطه.
collect-spoken = لديّ رمز قُرئ عليّ
collect-issuer = مختبرك
collect-code = الرمز
collect-code-help = ثمانية أحرف وأرقام، مثل 7XK4-M2PQ
collect-factor = الرمز الثاني
collect-factor-help = وصلك بطريق آخر، برسالة مثلًا
collect-go = استلام
collect-confirm-title = هناك نتيجة بانتظارك
collect-confirm = هي من { $issuer }. ما إن تصل إلى هنا حتى يحذفها المختبر.
collect-confirm-for = ستُحفظ في المحفظة «{ $person }».
collect-unknown-issuer = لا يقود هذا الرابط إلى مختبر في هذا البرنامج. لم يُرسَل شيء. اطلب من مختبرك رابطًا جديدًا.
collect-drop = ليس الآن، تجاهل الرابط
collect-collecting = يجري استلام نتيجتك…
collect-renewing = يجري جلب تصاريحك…
collect-done = وصلت نتيجتك
collect-done-help = تصاريحك جاهزة. تأتي الجديدة من تلقاء نفسها ما دامت المحفظة مفتوحة.
collect-done-without-passes = نتيجتك محفوظة في هذه المحفظة. تعذّر جلب تصاريحها الآن، وستُعاد المحاولة تلقائيًا.
collect-not-yet = لا توجد نتيجة لدى مختبرك بعد
collect-not-yet-help = تحتفظ هذه المحفظة برمزك وتسأل من جديد تلقائيًا ما دامت مفتوحة. يمكنك إغلاقها والعودة لاحقًا.
collect-home = إلى محفظتي

## العرض

doors-title = ماذا يطلب الباب؟
doors-help = اختر ما هو مكتوب عند الباب. سترى ما سيعرفه قبل أن تعرض أي شيء.
doors-none = لا يوجد ما يمكنك عرضه الآن.
doors-scan = مسح ملصق أو شاشة
doors-scan-help = عند بعض المداخل يسأل ملصق أو شاشة. امسحه: ترى من يسأل وما سيعرفه الباب قبل أن تعرض أي شيء.
doors-others = ما لا يمكنك عرضه الآن
doors-renew = جلب تصاريح جديدة
show-title = العرض عند باب
show-done = تم
show-scan-again = مسح الشاشة من جديد

## الإعدادات

settings-title = الإعدادات
settings-people = الأشخاص على هذا الهاتف
settings-records = النتائج والعلامة
settings-passphrase = عبارة المرور
settings-backup = النسخة الاحتياطية
settings-about = عن هذه المحفظة

people-help = لكل شخص محفظته الخاصة. الأسماء لك أنت: لا تغادر هذا الهاتف أبدًا.
people-here = (مفتوحة)
people-choose = فتح { $person }
people-name = الاسم
people-save = حفظ
people-add = إضافة شخص
people-rename = تغيير اسم { $person }
people-remove = إزالة { $person }
people-remove-sure = ستُزال المحفظة «{ $person }» بكل نتائجها. لا يمكن التراجع عن ذلك.

records-none = لا توجد نتائج بعد.
records-forget = إزالة: { $record }
records-forget-sure = سيُزال { $record } مع تصاريحه، ومنها ما صدر بالاشتراك مع نتيجة أخرى. لا يمكن التراجع عن ذلك، ولم يعد لدى مختبرك نسخة منه.
records-hint = تحمل تصاريحي العلامة
records-hint-help = مجموعة أحرف تضم الحرف الأول من اسمك مع شهر ميلادك، للأبواب التي تقارن ذلك ببطاقة هوية. يعرفها مكتب التصاريح أيضًا.

passphrase-help = بدون عبارة مرور تُفتح المحفظة لكل من يستطيع استخدام هذا المتصفح. ومع عبارة المرور تُقفل أيضًا بعد خمس دقائق من غيابها عن النظر.
passphrase-rule = ثمانية أحرف على الأقل. لا يستطيع أحد استعادتها.
passphrase-new = عبارة مرور جديدة
passphrase-change = عبارة مرور جديدة بدل الحالية
passphrase-again = العبارة نفسها مرة أخرى
passphrase-set = تعيين عبارة المرور
passphrase-set-done = عُيّنت عبارة المرور.
passphrase-remove = إزالة عبارة المرور
passphrase-removed = أُزيلت عبارة المرور.
passphrase-lock-now = القفل الآن

backup-help = النسخة الاحتياطية ملف مختوم للمحفظة المفتوحة. احفظه بعيدًا عن هذا الهاتف، واحفظ عبارة مروره بعيدًا عن كليهما.
backup-passphrase = عبارة مرور النسخة الاحتياطية
backup-save = حفظ نسخة احتياطية
backup-running = يجري ختم النسخة الاحتياطية…
backup-saved = سُلّمت النسخة الاحتياطية إلى متصفحك ليحفظها.
restore-title = استعادة نسخة احتياطية
restore-adds = تصبح النسخة الاحتياطية محفظة إضافية على هذا الهاتف.
restore-file = ملف النسخة الاحتياطية
restore-passphrase = عبارة مرور النسخة الاحتياطية
restore-go = استعادة
restore-running = يجري فتح النسخة الاحتياطية…
restore-done = استُعيدت النسخة الاحتياطية، ومحفظتها مفتوحة الآن.

about-programme = البرنامج
about-list = قائمة الثقة
about-list-of = رقم { $version }، بتاريخ { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
about-kept = يحفظ هذا المتصفح نتائجك وتصاريحك والأسماء أعلاه مختومة، ولا شيء غيرها.
about-sent = يُرسَل رمزك إلى المختبر عند الاستلام، والنتيجة إلى مكتب التصاريح عند جلب التصاريح. أما عند العرض فلا يُرسَل شيء.

remove-everything = إزالة كل شيء
remove-sure = ستُزال كل المحافظ على هذا الهاتف: النتائج والتصاريح والأسماء والمفاتيح. لا يمكن التراجع عن ذلك.
remove-yes = نعم، أزِل

error-passphrase-differs = العبارتان غير متطابقتين.
