# ما تقوله صفحة التحقق.

choose-title = ماذا يطلب هذا الباب؟
choose-help = اختر مرة واحدة. يبقى السؤال بعدها خمس دقائق، كي لا يُسأل أحد سؤالين.
choose-none = لا تذكر قائمة الثقة شيئًا يجوز لباب أن يطلبه اليوم. اتصل بالإنترنت لتُحدَّث.
choose-learns = ما ستعرفه
choose-open = فتح الباب: { $policy }
keeps-nothing = يحتفظ هذا الجهاز بقائمة الثقة وبإعداداتك. أما ما يُمسح فلا يحتفظ منه بشيء.

list-fresh = قائمة الثقة بتاريخ { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = اتصل بالإنترنت قريبًا: مضى على قائمة الثقة أكثر من يوم. تاريخها { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = اتصل بالإنترنت: انتهت صلاحية قائمة الثقة، ويُرفض كل رمز. تاريخها { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

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
scan-mute = بدون صوت
scan-kiosk = ملء الشاشة
scan-kiosk-leave = اضغط ثانيتين للخروج
scan-other-question = طلب شيء آخر
scan-locked-until = ممكن ابتداءً من { DATETIME($time, timeStyle: "short") }
