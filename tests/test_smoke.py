def test_home_asks_for_sign_in(client, db):
    assert client.get("/").status_code == 302


def test_every_page_of_the_loop_renders(loop, cleo, sign_in):
    client = sign_in(cleo)
    for address in [
        "/",
        "/roles/",
        loop.role.get_absolute_url(),
        loop.plan.get_absolute_url(),
        "/candidates/",
        "/candidacies/",
        loop.candidacy.get_absolute_url(),
        loop.of_ben.get_absolute_url(),
        f"/candidacies/{loop.candidacy.pk}/debrief/",
        "/stations/",
        "/stations/craft/",
        "/competencies/",
        "/competencies/llm-craft/",
        "/interviews/",
        "/search/?q=noor",
        "/roles/new/",
        f"/roles/{loop.role.pk}/requirements/",
        f"/roles/{loop.role.pk}/generate/",
        "/candidates/new/",
        "/candidates/import/",
        loop.candidacy.candidate.get_absolute_url(),
        "/packets/",
    ]:
        assert client.get(address).status_code == 200, address
