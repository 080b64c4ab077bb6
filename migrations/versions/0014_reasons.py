"""reasons: templates of answers to residents, with national ones to begin with

Revision: 0014, after 0013.
"""

from alembic import op
import sqlalchemy as sa

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATES = ('new', 'in_verification', 'confirmed', 'eliminated', 'handed_over', 'not_confirmed', 'joke')
NATIONAL = (
    ('in_verification', 'Przyjęte', 'Zgłoszenie przyjęte. Sprawdzimy miejsce o podanej porze i napiszemy tu, co zastaliśmy.'),
    ('confirmed', 'Potwierdzone podczas kontroli', 'Kontrola na miejscu potwierdziła zgłoszenie. Będziemy tam wracać, aż zagrożenie zniknie.'),
    ('not_confirmed', 'Kilka kontroli bez wyniku', 'Podczas kilku kontroli w różnych dniach nie stwierdziliśmy zagrożenia. Jeśli wróci, prosimy o nowe zgłoszenie z podaniem pory.'),
    ('eliminated', 'Zagrożenie zniknęło', 'Po naszych działaniach kolejne kontrole niczego nie wykazały. Jeśli zagrożenie wróci, prosimy o nowe zgłoszenie.'),
    ('handed_over', 'Przekazane właściwej instytucji', 'Zagrożenie potwierdziliśmy i przekazaliśmy instytucji, która może je usunąć. Jej odpowiedź podamy w tym miejscu.'),
    ('joke', 'Pomyłka', 'Zgłoszenie okazało się pomyłką. Jeśli jest inaczej, prosimy o nowe zgłoszenie z dokładniejszym opisem.'),
)


def upgrade() -> None:
    table = op.create_table('reason_template',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('unit_id', BIG, nullable=True),
    sa.Column('status', sa.Enum(*STATES, name='status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reason_template_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reason_template')),
    sa.UniqueConstraint('unit_id', 'status', 'title', name=op.f('uq_reason_template_unit_id_status_title'))
    )
    op.bulk_insert(table, [{'status': status, 'title': title, 'text': text} for status, title, text in NATIONAL])


def downgrade() -> None:
    op.drop_table('reason_template')
