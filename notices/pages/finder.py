"""What a program or an error message is: people type or paste what they see, and get the guide that says it.

By POST, since pasted messages hold mail addresses, which shall stand in no log and in no history of addresses.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaign import brands
from notices.guides import finding
from notices.pages import limit
from notices.pages.frame import frame_of, spoken

RATE = limit.Rate("find", each=60)


# Without Django's form token: nothing changes, nobody has a right here, and so no cookie is needed.
@csrf_exempt
@cache_control(private=True, max_age=0)  # so that the way back from a guide shows the findings again
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    frame = frame_of(request)
    if request.method == "POST" and not limit.allowed(request, now=timezone.now(), rate=RATE):
        return render(request, "pages/busy.html", {"frame": frame}, status=429)
    typed = request.POST.get("words", "")[: finding.LONGEST].strip()
    language = spoken()
    context = {
        "frame": frame,
        "typed": typed,
        "asked": request.method == "POST",
        "programs": finding.programs(typed, language),
        "found": finding.messages(typed, language, brands.of_host(request.get_host())),
        "longest": finding.LONGEST,
    }
    return render(request, "pages/finder.html", context)
