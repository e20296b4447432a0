"""Circulation: pressure and heart rate rise with the same drive, without tolerance over sessions."""

from .declare import Link, given, readout, vary

SBP_0 = given("SBP_0", "mmHg", "sbp_0", "systolic pressure at the start")
DBP_0 = given("DBP_0", "mmHg", "dbp_0", "diastolic pressure at the start")
HR_0 = given("HR_0", "bpm", "hr_0", "heart rate at the start")
z_BP = vary("z_BP", "this person's rise of pressure")
z_BP_session = vary("z_BP_session", "the same, on the day", by="session")
z_site_BP = vary("z_site_BP", "site factor on the rise", by="draw")


@readout("1")
def reach(xp, z_BP, z_BP_session, z_site_BP, *, sd_BP_person, sd_BP_session, centre_BP, sd_site_BP):
    """How far this person rises on this day at this site, against the mean."""
    own = xp.exp(sd_BP_person * z_BP + sd_BP_session * z_BP_session - centre_BP)
    return own * xp.positive(1 + sd_site_BP * z_site_BP)


@readout("mmHg", label="Rise of systolic pressure")
def dSBP(drive, reach, *, SBP_Emax, SBP_ED50):
    """Rise of systolic pressure."""
    return SBP_Emax * drive / (drive + SBP_ED50) * reach


@readout("mmHg", label="Systolic pressure")
def SBP(SBP_0, dSBP):
    """Systolic pressure."""
    return SBP_0 + dSBP


@readout("mmHg", label="Diastolic pressure")
def DBP(DBP_0, dSBP, *, DBP_ratio):
    """Diastolic pressure."""
    return DBP_0 + DBP_ratio * dSBP


@readout("bpm", label="Heart rate")
def HR(HR_0, drive, *, HR_Emax, HR_ED50):
    """Heart rate."""
    return HR_0 + HR_Emax * drive / (drive + HR_ED50)


circulation = Link(
    "circulation",
    (SBP_0, DBP_0, HR_0, z_BP, z_BP_session, z_site_BP, reach, dSBP, SBP, DBP, HR),
    doc="a side branch: pressure and heart rate rise and fall with the level",
)
