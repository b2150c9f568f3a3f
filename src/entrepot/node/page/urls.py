"""Addresses of the pages; each also answers below a language (``/zh-hans/verify``)."""

from django.urls import path, re_path

from entrepot.node.page.account import identity, opening, own, passkey, people, reset, sign_in, sign_up
from entrepot.node.page.account.business import businesses, claim_business, new_business
from entrepot.node.page.account.registration import ask_registrar, registration
from entrepot.node.page.atlas import economy_list, economy_page
from entrepot.node.page.bulk import import_offers, import_orders
from entrepot.node.page.desk.deciding import decide
from entrepot.node.page.desk.queue import case_page, desks, queue
from entrepot.node.page.home import home
from entrepot.node.page.notice import notice_settings, notices
from entrepot.node.page.offer.making import new_offer, withdraw
from entrepot.node.page.offer.market import offers, own_offers
from entrepot.node.page.offer.ordering import order_from
from entrepot.node.page.offer.photograph import offer_picture
from entrepot.node.page.offer.report import report, reported
from entrepot.node.page.offer.stand import offer_page
from entrepot.node.page.operating import operator_page
from entrepot.node.page.origin import origins_page
from entrepot.node.page.sale.board import board
from entrepot.node.page.sale.conversation import sale_messages
from entrepot.node.page.sale.enclosing import sale_file
from entrepot.node.page.sale.erasing import erase_message
from entrepot.node.page.sale.step import new_sale, next_step
from entrepot.node.page.sale.timeline import timeline
from entrepot.node.page.sheet import static_file
from entrepot.node.page.statistic.tables import statistic_file, statistic_list, statistic_page
from entrepot.node.page.trial import try_role, try_role_across
from entrepot.node.page.verification import read_code, verify_page

OFFER = "^offers/(?P<offer>[0-9a-f]{64})"
CASE = "^desks/(?P<desk>[a-z-]+)/(?P<case>[0-9a-f]{64})"
SALE = "^sales/(?P<sale>[0-9a-f]{64})"
public = [
    path("", home),
    path("verify", verify_page),
    path("verify/code", read_code),
    path("economies", economy_list),
    path("economies/<slug:code>", economy_page),
    path("statistics", statistic_list),
    path("statistics/<slug:code>", statistic_page),
    path("statistics/<slug:code>/figures.csv", statistic_file),
    path("offers", offers),
    re_path(f"{OFFER}$", offer_page),
    re_path(f"{OFFER}/pictures/(?P<picture>[0-9a-f]{{64}})/(?P<side>[0-9]{{1,4}})$", offer_picture),
    re_path(f"{OFFER}/report$", report),
    re_path(f"{OFFER}/report/sent$", reported),
    path("origins", origins_page),
    path("static/<slug:digest>/<str:name>", static_file),
    path("try", try_role),
    path("try/<slug:role>", try_role_across),
    path("first", sign_up.first),
    path("sign-up", sign_up.sign_up),
    path("sign-in", sign_in.sign_in),
    path("sign-in/code", sign_in.sign_in_code),
    path("sign-in/identity", identity.sign_in_identity),
    path("sign-in/passkey", passkey.sign_in_passkey),
    path("sign-out", sign_in.sign_out),
    path("reset", reset.reset),
    path("letter", opening.open_letter),
    path("letter/account", sign_up.sign_up_finish),
    path("letter/password", reset.reset_finish),
    path("letter/invitation", people.join),
]
"""For everybody."""
own_pages = [
    path("account", own.account),
    path("account/password", own.change_password),
    path("account/totp", own.totp),
    path("account/factor", own.factor),
    path("account/passkeys", passkey.passkeys),
    path("account/passkeys/<int:number>/remove", passkey.remove_passkey),
    path("account/sessions", own.own_sessions),
    path("account/sessions/<slug:mark>/end", own.end_session),
    path("account/deeds", people.own_audit),
    path("operator", operator_page),
    path("notices/settings", notice_settings),
    path("businesses", businesses),
    path("businesses/new", new_business),
    path("businesses/claim", claim_business),
]
"""For whoever is signed in."""
of_party = [
    path("notices", notices),
    path("people", people.people),
    path("people/invitations/<int:invitation>/close", people.close_invitation),
    path("people/<int:membership>/end", people.end_membership),
    path("audit", people.audit),
    path("offers/mine", own_offers),
    path("offers/new", new_offer),
    path("offers/import", import_offers),
    re_path(f"{OFFER}/withdraw$", withdraw),
    re_path(f"{OFFER}/order$", order_from),
    path("registration", registration),
    path("registration/new", ask_registrar),
    re_path("^registration/(?P<record>[0-9a-f]{64})$", registration),
    path("desks", desks),
    path("desks/<slug:desk>", queue),
    re_path(f"{CASE}$", case_page),
    re_path(f"{CASE}/(?P<decision>[a-z-]+)$", decide),
    path("sales", board),
    path("sales/new", new_sale),
    path("sales/import", import_orders),
    re_path(f"{SALE}$", timeline),
    re_path(f"{SALE}/messages$", sale_messages),
    re_path(f"{SALE}/messages/(?P<written>[0-9a-f]{{64}})/erase$", erase_message),
    re_path(f"{SALE}/files/(?P<message>[0-9a-f]{{64}})/(?P<file>[0-9a-f]{{64}})$", sale_file),
    re_path(f"{SALE}/(?P<kind>[a-z-]+)$", next_step),
]
"""For whoever acts for a party."""
urlpatterns = [*public, *own_pages, *of_party]
