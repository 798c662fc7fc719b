# ما تقوله صفحة التحقق.

choose-title = ماذا يطلب هذا الباب؟
choose-help = اختر مرة واحدة. يبقى السؤال بعدها خمس دقائق، كي لا يُسأل أحد سؤالين.
choose-none = لا تذكر قائمة الثقة شيئًا يجوز لباب أن يطلبه اليوم. اتصل بالإنترنت لتُحدَّث.
choose-learns = ما ستعرفه
choose-learns-again = مع ملصق أيضًا: هل دخل الضيف نفسه إلى هذه الفعالية من قبل
choose-open = فتح الباب: { $policy }
choose-fresh = عرض رمز جديد لكل زائر: { $policy }
choose-poster = ملصق معلَّق عند المدخل: { $policy }
choose-ways-help = برمز جديد على هذه الشاشة، أو بملصق منظِّم، يمسح الزوار أولًا ثم يعرضون جوابهم: لا قيمة لنسخ منه.
keeps-nothing = يحتفظ هذا الجهاز بقائمة الثقة وبإعداداتك. أما ما يُمسح فلا يحتفظ منه بشيء.

list-fresh = قائمة الثقة بتاريخ { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = اتصل بالإنترنت قريبًا: مضى على قائمة الثقة أكثر من يوم. تاريخها { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = اتصل بالإنترنت: انتهت صلاحية قائمة الثقة، ويُرفض كل رمز. تاريخها { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

poster-title = الملصق عند المدخل
poster-help = امسح ملصق المنظِّم المعلَّق هنا، أو اختر ملف صورته أو نصه. يجيب الزوار عنه، ولا يقبل هذا الباب إلا الأجوبة عنه.
poster-check = أهذا هو الملصق المعلَّق هنا؟
poster-organiser = المنظِّم
poster-day = يوم الفعالية
poster-from = يُفتح
poster-until = يُغلق
poster-value-day = { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
poster-value-time = { DATETIME($time, weekday: "long", hour: "numeric", minute: "numeric") }
poster-why = سبب السؤال
poster-other = ملصق آخر
poster-before = ألم يدخل أحد إلى هذه الفعالية بعد، من أي باب؟
poster-before-help = يتذكّر هذا الباب من دخل إلى أن تُغلق الصفحة، ولا يعلم بذلك أي باب آخر. من أُدخل من قبل قد يدخل من هنا مرة أخرى.
poster-nobody = لم يدخل أحد بعد: افتح الباب
poster-somebody = دخل أحد من هذا الباب: تابِع
poster-open = افتح الباب

scan-opens-in = { $seconds ->
        [zero] يُفتح الآن
        [one] يُفتح بعد ثانية
        [two] يُفتح بعد ثانيتين
        [few] يُفتح بعد { $seconds } ثوانٍ
       *[other] يُفتح بعد { $seconds } ثانية
    }. ربما عُرضت هنا من قبل رموز أُنشئت قبل ذلك.
scan-question = عرض السؤال على الزوار
scan-question-help = من يمسح هذا بمحفظته لا يحتاج إلى البحث عن السؤال. لا يذكر الرمز إلا أي سؤال هو.
scan-question-code = ما يطلبه هذا الباب، لتمسحه محفظة
scan-fresh-help = يمسح الزوار هذا بمحفظتهم ثم يعرضون جوابهم أمام الكاميرا. يتغيّر بعد كل جواب، وكل دقيقتين.
scan-fresh-code = سؤال جديد من هذا الباب، لتمسحه محفظة واحدة
scan-fresh-none = يجري إنشاء السؤال…
scan-poster = ملصق { $organiser } لفعالية { DATETIME($day, weekday: "long", day: "numeric", month: "long") }، حتى { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
scan-mute = بدون صوت
scan-kiosk = ملء الشاشة
scan-kiosk-leave = اضغط ثانيتين للخروج
scan-other-question = طلب شيء آخر
scan-locked-until = ممكن ابتداءً من { DATETIME($time, timeStyle: "short") }
