# ما تقوله العناصر.

## الماسح

scanner-title = مسح رمز
scanner-explains = تُستخدم الكاميرا للعثور على رمز. تبقى الصور على هذا الجهاز ولا يُحتفظ بها.
scanner-start = تشغيل الكاميرا
scanner-starting = يجري تشغيل الكاميرا…
scanner-looking = ضع الرمز داخل الإطار
scanner-view = صورة الكاميرا
scanner-stop = إيقاف الكاميرا
scanner-torch-on = تشغيل الضوء
scanner-torch-off = إطفاء الضوء
scanner-other-camera = كاميرا أخرى
scanner-other-ways = بدون كاميرا
scanner-choose-picture = اختيار صورة
scanner-drop = أفلت صورة هنا
scanner-paste = لصق
scanner-text = نص رمز أو رابط
scanner-use-text = استخدام هذا النص
scanner-reading = تجري قراءة الصورة…
scanner-read = قُرئ رمز
scanner-again = المحاولة مرة أخرى

scanner-camera-refused = لا يُسمح باستخدام الكاميرا
    .help = اسمح بها لهذه الصفحة في إعدادات المتصفح، أو اختر صورة للرمز.
scanner-camera-missing = لا توجد كاميرا هنا
    .help = اختر صورة للرمز، أو الصق نصه.
scanner-camera-busy = لا يمكن استخدام الكاميرا الآن
    .help = ربما يستخدمها برنامج آخر. أغلقه وحاول مرة أخرى، أو اختر صورة للرمز.
scanner-camera-lost = أُوقفت الكاميرا
    .help = شغّلها من جديد، أو اختر صورة للرمز.
scanner-broken = القراءة لا تعمل الآن. حاول مرة أخرى، أو أعد تحميل الصفحة.
scanner-several-codes = تظهر عدة رموز معًا. اعرض رمزًا واحدًا في كل مرة.
scanner-no-code = لم يُعثر على رمز في هذه الصورة. جرّب صورة أوضح أو أقرب.
scanner-not-a-picture = لا يمكن قراءة هذا الملف كصورة.
scanner-nothing-to-paste = لا توجد صورة ولا نص للصقه.
scanner-paste-refused = اللصق غير مسموح به هنا. اضغط مطولًا في حقل النص للّصق.
scanner-too-long = هذا النص أطول من أن يكون رمزًا.

## التصريح

pass-code = رمز ليمسحه الباب
pass-next = { $seconds ->
        [zero] رمز جديد الآن
        [one] رمز جديد بعد ثانية
        [two] رمز جديد بعد ثانيتين
        [few] رمز جديد بعد { $seconds } ثوانٍ
       *[other] رمز جديد بعد { $seconds } ثانية
    }
pass-left = { $seconds ->
        [zero] انتهى وقت هذا الرمز الآن
        [one] صالح لثانية أخرى
        [two] صالح لثانيتين أخريين
        [few] صالح لمدة { $seconds } ثوانٍ أخرى
       *[other] صالح لمدة { $seconds } ثانية أخرى
    }
pass-hint = ارفع شاشتك أمام الماسح وزِد سطوعها.
pass-making = يجري إنشاء الرمز…
pass-renewed = هناك رمز جديد
pass-over = انتهى وقت هذا الرمز. امسح الشاشة من جديد للحصول على رمز آخر.
pass-specimen = نموذج: لا يقبل أي باب هذا الرمز
pass-failed = تعذّر إنشاء الرمز
pass-again = المحاولة مرة أخرى

## الحكم

verdict-accepted = مقبول
verdict-refused = مرفوض
verdict-not-ready = لا يمكن التحقق
verdict-ageing = مضى على قائمة الثقة أكثر من يوم. اتصل بالإنترنت قريبًا.
verdict-entry-first = دخول أول
verdict-entry-again = دخل من قبل، ويجوز له الدخول مرة أخرى
# Where two passes were shown. $pass: the kind of one, $value: what it says.
verdict-shown = { $pass }: { $value }
verdict-compare = قارن ببطاقة الهوية
verdict-initial = يبدأ الاسم الأول بـ
verdict-month = شهر الميلاد
verdict-close = التالي

## الموافقة

consent-title = ما سيعرفه الباب
consent-why = سبب السؤال
consent-show = عرض
consent-cancel = رجوع
consent-unknown = شيء لا يستطيع هذا الإصدار من المحفظة شرحه. حدِّث المحفظة قبل أن تعرضه.
# $organiser: كما اعتمدته الجهة المسؤولة.
consent-organiser = يسأل { $organiser }، وهو منظِّم اعتمدته الجهة المسؤولة
consent-event = لفعالية { DATETIME($day, weekday: "long", day: "numeric", month: "long") }، حتى { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
consent-one-entry = من يعرض مرة ثانية في هذه الفعالية يُعرَف، ولا يدخل مرة أخرى. لا يستطيع أحد التعرّف عليك في أي فعالية أخرى.
consent-reentry = من يعرض مرة ثانية في هذه الفعالية يُعرَف، ويجوز له الدخول مرة أخرى. لا يستطيع أحد التعرّف عليك في أي فعالية أخرى.
consent-organiser-says = لماذا يسأل { $organiser }
consent-screen = تسأل شاشة. لم يوقّع أحد على صاحبها: لا تُجب إلا الشاشة التي أمامك. يصلح الرمز لهذه الشاشة وحدها، ومرة واحدة.

learns-day = اليوم الذي أُعدّ له تصريحك
# $type: the kind of the pass. What it shows follows, a line each.
learns-pass = أن لديك تصريحًا من هذا النوع: { $type }. ومنه:
learns-admits = أنك تستوفي قاعدة «{ $rule }»
learns-admits-one-way-of-several = أنك تستوفي قاعدة «{ $rule }»، دون معرفة بأي طريقة
learns-which-of = أيّ هذه يذكرها تصريحك تحت «{ $claim }»: { $words }
learns-claim = أن تصريحك يذكر تحت «{ $claim }»: { $value }
learns-yes = أن «{ $claim }» ينطبق عليك
learns-no = أن «{ $claim }» لا ينطبق عليك
learns-hint = مجموعة حروف الحرف الأول من اسمك، وشهر ميلادك دون السنة، للمقارنة ببطاقة هويتك
learns-this-hint = من بطاقة هويتك، للمقارنة بها: { $value }
learns-whether = هل ينطبق عليك «{ $claim }»
learns-whatever = ما يذكره تصريحك تحت «{ $claim }»، إن ذكر شيئًا
learns-one-holder = أن التصريحين لشخص واحد
learns-pseudonym = اسم مستعار: هو نفسه كلما عرضت في هذه الفعالية، ويختلف في كل فعالية أخرى
learns-nothing-else = لا شيء غير ذلك

## اللغة

language-choose = اللغة
