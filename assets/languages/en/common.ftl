# Words that letters and pages share.

# A moment. $month is a number from 1 to 12, $clock is a time such as 09:05, $zone a time zone such as UTC or CET.
moment = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year } at { $clock } { $zone }
