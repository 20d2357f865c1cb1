"""Names for people who do not exist: (kanji, romanised) parts, in any combination."""

SURNAMES = (
    ("佐藤", "sato"), ("鈴木", "suzuki"), ("高橋", "takahashi"), ("田中", "tanaka"), ("伊藤", "ito"),
    ("渡辺", "watanabe"), ("山本", "yamamoto"), ("中村", "nakamura"), ("小林", "kobayashi"), ("加藤", "kato"),
    ("吉田", "yoshida"), ("山田", "yamada"), ("佐々木", "sasaki"), ("山口", "yamaguchi"), ("松本", "matsumoto"),
    ("井上", "inoue"), ("木村", "kimura"), ("林", "hayashi"), ("斎藤", "saito"), ("清水", "shimizu"),
    ("山崎", "yamazaki"), ("森", "mori"), ("池田", "ikeda"), ("橋本", "hashimoto"), ("阿部", "abe"),
    ("石川", "ishikawa"), ("前田", "maeda"), ("藤田", "fujita"), ("小川", "ogawa"), ("岡田", "okada"),
    ("後藤", "goto"), ("長谷川", "hasegawa"), ("村上", "murakami"), ("近藤", "kondo"), ("石井", "ishii"),
    ("坂本", "sakamoto"), ("遠藤", "endo"), ("青木", "aoki"), ("藤井", "fujii"), ("西村", "nishimura"),
    ("福田", "fukuda"), ("太田", "ota"), ("三浦", "miura"), ("岡本", "okamoto"), ("松田", "matsuda"),
    ("中島", "nakajima"), ("中川", "nakagawa"), ("原田", "harada"), ("小野", "ono"), ("竹内", "takeuchi"),
)  # fmt: skip
GIVEN = (
    ("一郎", "ichiro"), ("健太", "kenta"), ("大輔", "daisuke"), ("誠", "makoto"), ("浩", "hiroshi"),
    ("隆", "takashi"), ("修", "osamu"), ("茂", "shigeru"), ("博", "hiro"), ("清", "kiyoshi"),
    ("翔", "sho"), ("拓也", "takuya"), ("直樹", "naoki"), ("学", "manabu"), ("豊", "yutaka"),
    ("花子", "hanako"), ("恵子", "keiko"), ("幸子", "sachiko"), ("洋子", "yoko"), ("和子", "kazuko"),
    ("由美", "yumi"), ("真由美", "mayumi"), ("陽子", "haruko"), ("明美", "akemi"), ("久美子", "kumiko"),
    ("裕子", "yuko"), ("直美", "naomi"), ("智子", "tomoko"), ("さくら", "sakura"), ("美咲", "misaki"),
)  # fmt: skip
ENGLISH_SURNAMES = ("Baker", "Carter", "Dixon", "Evans", "Foster", "Graham", "Hughes", "Keller", "Lopez", "Murphy",
                    "Nguyen", "Olsen", "Perez", "Reid", "Singh", "Tran", "Walsh", "Young")  # fmt: skip
ENGLISH_GIVEN = ("Alex", "Anna", "Brian", "Clara", "David", "Emma", "George", "Helen", "Ivan", "Julia", "Kim", "Laura",
                 "Mark", "Nina", "Peter", "Rosa", "Simon", "Tara")  # fmt: skip
