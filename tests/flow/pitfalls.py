#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each department's extract is known to get people wrong by, a belief per row: a feed of a few rows about one couple, taken in
by its shipped mapping, and the figure that a rule reads from it."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import ok, outcomes  # noqa: E402
from deliveries import A, B, Family, number  # noqa: E402
import county as state  # noqa: E402

C = number('19790303', 3)
W = 'within_months(x.month, case.applied_on, 12)'
NOW = 'case.checked_on'
# figure: type, expression
FACTS = {
    'heads': ('int', 'size(registers.filter(x, x.relation == "self" && x.status == "registered"))'),
    'children': ('int', 'size(registers.filter(x, x.relation == "child"))'),
    'dead': ('int', 'size(deaths)'),
    'dead_in_may': ('int', 'size(deaths.filter(x, x.died_on < date("2026-06-01")))'),
    'insured_months': ('int', 'size(contributions.filter(x, %s && x.scheme == "employee_pension" && !or_else(x.is_back_pay, false)))' % W),
    'pension_counted': ('money', 'sum(pensions.filter(x, %s).map(x, x.amount - x.exempt))' % W),
    'fund': ('money', 'sum(housing_funds.filter(x, x.status != "closed").map(x, x.balance))'),
    'firms': ('int', 'size(businesses.filter(x, x.status != "cancelled"))'),
    'subscribed': ('money', 'sum(businesses.filter(x, x.role == "shareholder").map(x, x.subscribed))'),
    'paid_in': ('money', 'sum(businesses.filter(x, x.role == "shareholder").map(x, x.paid_in))'),
    'shares': ('money', 'sum(securities.filter(x, x.status != "closed").map(x, x.value))'),
    'severe': ('int', 'size(disabilities.filter(x, x.grade <= 2 && x.status == "valid" && x.valid_until >= %s))' % NOW),
    'counted_honour': ('money', 'sum(veterans_benefits.filter(x, %s && !(x.item in ["disability", "survivor", "living"])).map(x, x.amount))' % W),
    'cadres': ('int', 'size(payrolls.filter(x, %s && x.post in ["cadre", "village"]))' % W),
    'subsidised': ('money', 'sum(subsidies.filter(x, %s).map(x, x.amount))' % W),
    'engines': ('int', 'size(machines.filter(x, x.status == "normal"))'),
    'self_paid': ('money', 'sum(medical_expenses.filter(x, %s).map(x, (x.is_refund ? yuan(0) - x.self_in : x.self_in) - '
                           'or_else(x.commercial, yuan(0))))' % W),
    'fees': ('money, per: year', 'sum(educations.filter(x, x.status == "enrolled").map(x, x.is_private ? '
                                 'min(x.tuition, need(x.public_level)) : x.tuition))'),
    'jailed': ('int', 'size(prison_records.filter(x, x.measure in ["prison", "rehabilitation"] && or_else(x.ended_on, %s) >= %s))' % (NOW, NOW)),
    'abroad': ('int', 'size(exit_records.filter(x, x.direction == "exit")) - size(exit_records.filter(x, x.direction == "entry"))'),
    'needs_care': ('bool', 'assessments.exists(x, x.valid_until >= %s && x.grade in ["severe", "complete"])' % NOW),
    'given': ('money', 'sum(donations.filter(x, x.payee == "family").map(x, x.amount))'),
    'aid': ('money, per: month', 'sum(existing_aids.filter(x, x.status == "paid").map(x, x.amount))'),
    'aids': ('int', 'size(existing_aids)'),
}
HEADS = {
    'household_register': 'id_no,name,former_name,household_no,relation_to_head,division,urban_rural,marital_status,status,moved_in_on,moved_out_on',
    'death': 'id_no,name,died_on,cremated_on,told_by',
    'social_insurance': 'id_no,name,scheme,period,base_yuan,paid_yuan,back_pay,employer',
    'pension': 'id_no,name,benefit_type,period,amount_yuan,basic_pension_yuan,back_pay,started_on,agency',
    'housing_fund': 'id_no,name,account_no,employer,base_yuan,deposit_yuan,balance_yuan,withdrawn_yuan,loan_yuan,paid_to,status,as_of',
    'business_registration': 'id_no,name,credit_code,business_name,form,role,subscribed_wan,paid_in_wan,status,founded_on,ended_on',
    'securities': 'id_no,name,broker,account_no,product,paper_code,quantity,value_yuan,status,as_of',
    'disability': 'id_no,name,certificate_no,disability_type,grade,issued_on,valid_until,status',
    'veterans_benefit': 'id_no,name,category,grade,item,period,amount_yuan',
    'payroll': 'id_no,name,unit_name,post_type,item,period,amount_yuan',
    'subsidy': 'id_no,name,project,period,amount_yuan,card_no,card_holder_id_no',
    'farm_machinery': 'id_no,name,plate_no,category,power_kw,bought_on,price_yuan,subsidy_yuan,status',
    'medical_expense': 'id_no,name,settlement_no,visit_type,period,settled_on,hospital,total_yuan,pooled_yuan,serious_illness_yuan,'
                       'medical_aid_yuan,commercial_yuan,self_in_scope_yuan,self_out_of_scope_yuan,refund',
    'education': 'id_no,name,school,stage,full_time,private,boarding,tuition_yuan,boarding_fee_yuan,public_tuition_yuan,status,entered_on,left_on',
    'prison_record': 'id_no,name,measure,place,started_on,ended_on',
    'exit_record': 'id_no,name,direction,day,place',
    'assessment': 'id_no,name,grade,instrument,assessor,assessed_on,valid_until',
    'donation': 'id_no,name,giver,purpose,payee,amount_yuan,day',
    'existing_aid': 'id_no,name,programme,benefit_no,division,amount_yuan,persons,status,started_on,ended_on,last_paid,last_check',
}
JIA, YI, BING = A + ',汪建国,', B + ',李芳,', C + ',周强,'
OLD = A[:6] + A[8:17]  # the number of fifteen digits
# pitfall; feed; rows; what the figures are
ROWS = (
    ('registered elsewhere is registered: the division of the register is no address', 'household_register',
     (JIA + ',H1,户主,330102001,城镇,20,在册,,',), {'heads': 1}),
    ('the relation is to the head, who need not apply', 'household_register',
     (BING + ',H1,户主,320581,城镇,20,在册,,', JIA + ',H1,长子,320581,城镇,20,在册,,'), {'heads': 0, 'children': 1}),
    ('an old number of fifteen digits is the same person', 'household_register', (OLD + ',汪建国,,H1,0,320581,城镇,20,在册,,',), {'heads': 1}),
    ('in-laws of the head are no children of his', 'household_register', (JIA + ',H1,53,320581,城镇,20,在册,,',), {'children': 0}),
    ('a day of cremation is no day of death', 'death', (JIA + '不详,2026-05-03,殡仪馆',), {'dead': 1, 'dead_in_may': None}),
    ('told by two services: two rows, and both say the day', 'death',
     (JIA + '2026-05-01,2026-05-03,殡仪馆', JIA + '2026-05-01,,医院'), {'dead': 2, 'dead_in_may': 2}),
    ('twelve months paid in arrears in one are no months at work', 'social_insurance',
     tuple(JIA + '110,2026%02d,4494,359.52,是,' % m for m in range(1, 6)) + (JIA + '110,202606,4494,359.52,否,示例公司',), {'insured_months': 1}),
    ('the exempt basic part comes split', 'pension', (JIA + '居民养老,202606,326.00,225.00,否,,',), {'pension_counted': '101.00'}),
    ('a basic part that does not come is unknown, not zero', 'pension', (JIA + '居民养老,202606,326.00,,否,,',), {'pension_counted': None}),
    ('a sealed account still holds money', 'housing_fund',
     (JIA + 'F1,,,,8120.10,,,201906,封存,2026-06-30', JIA + 'F2,,,,,,,201906,销户,2026-06-30'), {'fund': '8120.10'}),
    ('a revoked licence is not a cancelled one', 'business_registration',
     (JIA + '92A,示例,个体工商户,经营者,,,吊销,2012-01-01,2018-07-01', YI + '92B,示例,个体工商户,经营者,,,注销,2012-01-01,2018-07-01'), {'firms': 1}),
    ('subscribed is not paid in', 'business_registration', (JIA + '91A,示例,有限责任公司,股东,20,,存续,2016-04-01,',),
     {'subscribed': '200000.00', 'paid_in': None}),
    ('two partners of one firm have each their own share', 'business_registration',
     (JIA + '91A,示例,有限责任公司,股东,20,20,存续,2016-04-01,', YI + '91A,示例,有限责任公司,股东,5,5,存续,2016-04-01,'),
     {'subscribed': '250000.00', 'paid_in': '250000.00'}),
    ('a closed account has no value to ask for', 'securities',
     (JIA + '示例证券,A1,股票,600000,0,,销户,2026-06-30', JIA + '示例证券,A2,资金,,,120.55,正常,2026-06-30'), {'shares': '120.55'}),
    ('a certificate without its end is not known to be valid', 'disability', (JIA + ',肢体,2,2012-05-01,,有效',), {'severe': None}),
    ('an expired one does not count', 'disability', (JIA + ',肢体,2,2012-05-01,2022-05-01,有效',), {'severe': 0}),
    ('several sorts of disability are several rows', 'disability',
     (JIA + 'X1,肢体,3,2020-05-01,2030-05-01,有效', JIA + 'X1,智力,2,2020-05-01,2030-05-01,有效'), {'severe': 1}),
    ('exempt by item, not by person', 'veterans_benefit', (JIA + '残疾军人,八级,残疾抚恤金,202606,1350', JIA + '残疾军人,八级,护理费,202606,300'),
     {'counted_honour': '300.00'}),
    ('the retired stay listed, and are no cadres', 'payroll', (JIA + '示例镇,退休,离退休费,202606,5000', YI + '示例村,村干部,工资,202606,2600'), {'cadres': 1}),
    ('the card holder is not the beneficiary', 'subsidy', (BING + '耕地地力保护补贴,202606,420.00,6217001,' + A, JIA + '高龄津贴,202606,100,6217002,' + C),
     {'subsidised': '100.00'}),
    ('a machine counts for whom it is registered on, scrapped ones not', 'farm_machinery',
     (JIA + '苏05-1,拖拉机,36.8,2019-04-01,52000,15000,正常', JIA + '苏05-2,收割机,73.5,2010-05-01,,,报废'), {'engines': 1}),
    ('a refund is subtracted, and so is what other insurance paid', 'medical_expense',
     (JIA + 'S1,住院,202606,2026-06-01,示例医院,1000,500,0,0,100,400,100,否', JIA + 'S2,住院,202606,2026-06-09,示例医院,200,100,0,0,,80,20,是'),
     {'self_paid': '220.00'}),
    ('a negative amount is refused: the patient is partial', 'medical_expense',
     (JIA + 'S1,住院,202606,2026-06-01,示例医院,-1000,-500,0,0,,-400,-100,否',), {'self_paid': None}),
    ('private fees count up to the public level', 'education',
     (JIA + '示例学院,专科,是,是,是,18900,,4700,在读,2023-09-01,', YI + '示例大学,本科,是,否,是,5720,,,在读,2023-09-01,'), {'fees': '10420.00'}),
    ('a private school without that level: unknown', 'education', (JIA + '示例学院,专科,是,是,是,18900,,,在读,2023-09-01,',), {'fees': None}),
    ('parole, probation and community correction are at home', 'prison_record',
     (JIA + '社区矫正,,2024-01-01,', YI + '缓刑,,2024-01-01,2027-01-01'), {'jailed': 0}),
    ('no end is not over', 'prison_record', (JIA + '强戒,,2024-06-01,', YI + '服刑,,2020-01-01,2026-01-01'), {'jailed': 1}),
    ('a crossing is a row each way', 'exit_record', (JIA + '出境,2026-05-01,日本', JIA + '入境,2026-05-09,日本', YI + '1,2026-06-01,'), {'abroad': 1}),
    ('an expired assessment says nothing', 'assessment', (JIA + '4,GB/T 42195-2022,示例,2019-08-01,2020-07-31',), {'needs_care': False}),
    ('one without its end: unknown', 'assessment', (JIA + '4,GB/T 42195-2022,示例,2025-08-01,',), {'needs_care': None}),
    ('a donation to the hospital is none to the family', 'donation', (JIA + '示例,医疗,医院,20000,2026-05-01', JIA + '示例,生活,家庭,500,2026-05-01'),
     {'given': '500.00'}),
    ('a name without a number is nobody, and could be anybody', 'donation', (',汪建国,示例,生活,家庭,500,2026-05-01',), {'given': None}),
    ('one benefit of a household stands in each of its rows', 'existing_aid',
     (JIA + '低保,DB1,320581001,1524.00,2,在享,2023-07-01,,202606,', YI + '低保,DB1,320581001,1524.00,2,在享,2023-07-01,,202606,'),
     {'aid': '1524.00', 'aids': 1}),
    ('two benefits are two', 'existing_aid',
     (JIA + '低保,DB1,320581001,1524.00,2,在享,2023-07-01,,202606,', JIA + '特困,TK1,320581001,1692.00,1,在享,2024-07-01,,202606,'), {'aids': 2}),
)


def pack_write(folder):
    os.makedirs(os.path.join(folder, 'tests'))
    with open(os.path.join(folder, 'pack.yaml'), 'w', encoding='utf-8') as f:
        f.write('hedui: 1\npack: pitfalls\nzh: 各部门\nlevel: county\nprogramme: dibao\nfacts:\n')
        for name, (kind, expression) in FACTS.items():
            f.write("  %s: {zh: %s, type: %s, output: yes, is: '%s'}\n" % (name, name, kind, expression))
        f.write('rules:\n  none: {zh: 占位, deny_when: "dead > 99", reason: R1}\nreasons: {R1: {zh: 占位}}\nevidence:\n')
        for s in HEADS:
            f.write('  %s: {zh: %s, kinds: [%s], valid_days: 90, grade: final}\n' % (s, s, s))
    with open(os.path.join(folder, 'tests', 'all.yaml'), 'w', encoding='utf-8') as f:
        f.write('base:\n  case: {applied_on: 2026-07-01, programme: dibao}\n  members: {A: {born: 1980-01-01}}\n'
                'tests:\n  - {name: 一, expect: {outcome: met}}\n')


def main():
    f = Family(scale='0.0001')
    pack = os.path.join(f.work, 'pitfalls')
    pack_write(pack)
    batch = f.file('applicants', 'batch.csv',
                   'H1,dibao,320581001,2026-07-01,%s,汪建国,本人,member,0,0,2026-06-20,否,是' % A,
                   'H1,dibao,320581001,2026-07-01,%s,李芳,妻子,member,0,0,2026-06-20,否,否' % B)
    try:
        for n, (pitfall, feed, rows, figures) in enumerate(ROWS):
            path = os.path.join(f.work, '%d.csv' % n)
            with open(path, 'w', encoding='utf-8') as out:
                out.write('\n'.join((HEADS[feed],) + rows) + '\n')
            data = f.new_data()
            f.ingest(data, feed, path, options=('--covers', '2025-07..2026-06') if ',period,' in HEADS[feed] else ())
            v = outcomes(f.verify(data, batch=batch, pack=pack))['H1']
            got = {k: v['figures'][k] for k in figures}
            ok(got == figures, '%s: %s: %s' % (feed, pitfall, got))
        ok({feed for _, feed, _, _ in ROWS} == set(HEADS), 'each department has its row')
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
