"""Every address of the product; each app names its own."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from apps.accounts.forms import SignInForm

handler500 = "apps.common.views.server_error"

urlpatterns = [
    path("sign-in/", auth_views.LoginView.as_view(authentication_form=SignInForm), name="login"),
    path("sign-out/", login_not_required(auth_views.LogoutView.as_view()), name="logout"),
    path("admin/", admin.site.urls),
    path("", include("apps.common.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.library.urls")),
    path("", include("apps.loops.urls")),
    path("", include("apps.interviews.urls")),
    path("", include("apps.debriefs.urls")),
    path("", include("apps.craft.urls")),
    path("", include("apps.packets.urls")),
    path("", include("apps.desk.urls")),
]
