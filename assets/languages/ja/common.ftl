# メールと画面に共通の語句。

moment = { $year }年{ $month }月{ $day }日 { $clock }({ $zone })
