# كلمات ترد في البيانات الموقَّعة، كما يقولها الناس. والكلمة غير الموجودة هنا تظهر كما هي في البيانات.

## البيانات

claim-tested = الفحص
claim-tested-on = يوم الفحص
claim-vaccinated = اللقاح
claim-vaccinated-on = يوم التطعيم
claim-age-band = الفئة العمرية
claim-birth-month = شهر الميلاد
claim-valid-until = صالح حتى
claim-group = عضو في
claim-tier = نوع العضوية
claim-over-12 = 12 سنة أو أكثر
claim-over-16 = 16 سنة أو أكثر
claim-over-18 = 18 سنة أو أكثر
claim-over-21 = 21 سنة أو أكثر
claim-over-65 = 65 سنة أو أكثر
claim-hint = علامة للمقارنة ببطاقة الهوية
claim-admits = القاعدة

## كلماتها

word-naat = فحص PCR أو فحص جزيئي آخر
word-rapid-antigen = فحص سريع للمستضد
word-mrna = لقاح mRNA
word-vector = لقاح ناقل فيروسي
word-protein = لقاح بروتيني
word-inactivated = لقاح معطَّل
word-0-11 = من 0 إلى 11 سنة
word-12-15 = من 12 إلى 15 سنة
word-16-17 = 16 أو 17 سنة
word-18-20 = من 18 إلى 20 سنة
word-21-64 = من 21 إلى 64 سنة
word-65plus = 65 سنة أو أكثر
word-library = المكتبة
word-sports-club = النادي الرياضي
word-student = الطلاب
word-basic = أساسية
word-full = كاملة

## القواعد والشروط

rule-tested-or-vaccinated = الفحص أو التطعيم
rule-vaccinated-and-tested = التطعيم والفحص معًا
rule-age = العمر
rule-health = الصحة
rule-membership = العضوية
policy-entry = الدخول
policy-entry-and-member = الدخول للأعضاء
policy-entry-with-hint = الدخول مع المقارنة ببطاقة الهوية
policy-event = فعالية، كل ضيف مرة واحدة
policy-member = الأعضاء
policy-over-18 = 18 سنة أو أكثر
policy-vaccinated = تلقّى اللقاح
policy-vaccinated-and-tested = تلقّى اللقاح وخضع للفحص

## أنواع السجلات والتصاريح

type-health-record = سجل صحي
type-age-record = سجل العمر
type-membership-record = سجل العضوية
type-entry-pass = تصريح دخول
type-health-pass = تصريح صحي
type-age-pass = تصريح العمر
type-membership-pass = تصريح العضوية

## القيم

value-yes = نعم
value-no = لا
value-none = غير مذكور
value-day = { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
value-month = { DATETIME($month, month: "long", year: "numeric") }
value-hint = { $letters }، شهر الميلاد { DATETIME($month, month: "long") }
value-month-alone = { DATETIME($month, month: "long") }
