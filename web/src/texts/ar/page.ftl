# ما تقوله الصفحتان.

starting = جارٍ الفتح…
back = رجوع
fault-title = حدث خطأ ما
fault-again = البدء من جديد
fault-more = إن لم ينفع ذلك
