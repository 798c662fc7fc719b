# Wat beide pagina’s zeggen.

starting = Wordt geopend…
back = Terug
fault-title = Er ging iets mis
fault-again = Opnieuw beginnen
fault-more = Als dat niet helpt
