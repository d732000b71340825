from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.segmentation import sentences
from mlpkg.segmentation.sentences import sentence_spans

# One block a row; a bar stands where a sentence ends, every space is kept.
BLOCKS = """\
It rained all night.| The river rose.
The dam held.| Engineers checked it twice.
He asked why.| Nobody knew.
The answer is no.| No.| Nothing changes.
I was wrong, and so was I.| It hurt.
The bridge (built in 1911) is closed.| Why?| Nobody says.
By Mira Holt
By Mira HoltThe harbour reopened on Friday.| Ferries ran late.
Council staff went home.By Mira Holt
Flood closes two schools
Read more: Why the ferry stopped
A new tax?| What we know so far
What a night!| We walked home.
Was it worth it?!| Perhaps.
Who won?| Nobody said.
“We lost everything.”| The family moved out.
"We lost everything."| The family moved out.
‘It is done.’| She closed the book.
“It is done,” she said.| “We can go.”
"Go home," he said.| "It is late."| They went.
He said: “Stay inside.”| Nobody did.
He asked why.| “Because,” she said, “it rained.”
“The water came.| It took the road.| It took the shop.”| He wept.
She left.| (He stayed.)| The door closed.
The vote failed (again.)| A second one follows.
The report blamed the valve [see page 4.]| Nobody read it.
“Who won?” Smith asked.| Nobody knew.
"Who won?" Smith asked.| Nobody knew.
“Is it over?” Harlan asked.| “No,” said Ruiz.
“Run!” Dana Okoye shouted.| They ran.
“Who won?” he asked.| Nobody knew.
Gov. Lena Marsh signed the bill.| It takes effect in May.
Rep. Owen Tate voted no.| Sen. Ada Brill voted yes.
Lt. Col. Karim Aziz spoke first.| He was brief.
Capt. Ines Duarte thanked Sgt. Bell.| Both retired.
Dr. Imani Cole and Mr. Vance agreed.| Mrs. Vance did not.
Mr. and Mrs. Vance left.| Prof. Quill stayed.
Ms. Brill, M.D., spoke.| Nobody asked her a question.
The St. Aldric bridge is shut.| Traffic crawls.
He studied at St. Brannock's.| She studied law.
Smith v. Jones was heard on Tuesday.| Smith vs. Jones is over.
The U.S. Senate met on Monday.| It adjourned at noon.
He moved to the U.S. in 2004.| She stayed.
The U.K. government declined.| Others agreed.
PARIS (NWS) - The talks failed.| They resume in June.
The fare rose to Rs. 40 on Sunday.| Commuters groaned.
See Fig. 3 for the route.| It is long.
Call No. 12 for a table.| Ask for Rosa.
The meeting is on Jan. 5 at noon.| Bring a chair.
It opened in Sept. 2019 and shut in Feb. 2020.| Nobody missed it.
The store shut at 9 p.m. on Friday.| It opens at 10 a.m. today.
The talks ended at 5 p.m.| The minister left by car.
The train left at 6 p.m. Monday.| It was full.
Prices at Holt Inc. rose.| Shares at Brill Co. fell.
The shop sells tea, cake, etc.| It opens daily.
Fruit, e.g. apples, i.e. the red ones, sold out.| Pears did not.
The price was $3.50 a litre.| It had been $2.75.
Growth slowed to 0.4 per cent.| Prices rose 2.1 per cent.
The unit cost 1,200 pesos.| 2,000 were sold.
Version 2.0.1 is out.| It fixes the map.
The club won 3-2.| Fans sang until 2am.| Police watched.
Visit harbourpost.example for more.| Write to desk@harbourpost.example today.
J. R. Calloway wrote the report.| It has nine pages.
J.R. Calloway wrote the report.| It has nine pages.
Mary T. Odell owns the mill.| Her son runs it.
And then… nothing.
He waited… and waited.| Nobody came.
“I thought…” she began.| Then she stopped.
Well... it depends.
It was over...| The crowd left.
© 2024 The Harbour Post. All rights reserved. Terms apply.
Copyright 2023 Harbour Media Ltd. All rights reserved.
(c) 2021 Harbour Media. No part may be copied.
""".splitlines()


def cut(text: str) -> list[str]:
    return [text[begin:end] for begin, end in sentence_spans(text, 0, len(text))]


@pytest.mark.parametrize("block", BLOCKS)
def test_cuts_where_a_reader_would(block):
    assert cut(block.replace("|", "")) == block.split("| ")


def test_counts_characters_of_the_article_not_of_the_block():
    text = "Menu\nIt rained. We left.\nMore"
    assert sentence_spans(text, 5, 24) == [(5, 15), (16, 24)]


def test_a_long_text_that_begins_with_copyright_is_prose():
    text = "Copyright law is old. " * 10
    assert len(cut(text.strip())) == 10


def test_white_space_of_any_kind_may_stand_between_sentences():
    assert cut("It rained.\u00a0 \tWe left.") == ["It rained.", "We left."]


@pytest.mark.parametrize("text", ["...", "“", "— —", "* * *", "?!"])
def test_marks_alone_are_one_segment(text):
    assert cut(text) == [text]


def test_stray_marks_join_their_neighbour():
    assert cut("It rained. ...") == ["It rained. ..."]


PIECES = st.sampled_from(
    [
        "He left.",
        "Who?",
        "It’s 3.",
        "Dr.",
        "p.m.",
        "U.S.",
        "No.",
        "“Go.”",
        '"',
        "a",
        "B",
    ]
)


@given(
    st.text(st.sampled_from("aB1 .!?…\n\"“”'’)]([*:@©-_É"), min_size=1, max_size=40)
    | st.lists(PIECES | st.sampled_from("aB .\"“'‘?1)"), min_size=1).map(" ".join)
)
def test_what_the_rules_decide_alone_is_what_they_make_of_nupunkts_ends(text):
    text = text.strip() or "a"
    quick = sentence_spans(text, 0, len(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "_certain_cuts", lambda _: None)
        assert sentence_spans(text, 0, len(text)) == quick
