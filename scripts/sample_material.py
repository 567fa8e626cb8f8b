"""Word material of the sample corpus: name parts, phrases and sentence frames.

Everything here is plain data, written for this project. ``make_sample_corpus.py`` turns it
into tagged sentences. In the frames a slot in capitals, such as ``{PERCN}``, becomes a tagged
entity; a slot in small letters becomes untagged text: a number, or one of ``PHRASES``, which
may hold further slots. No frame and no phrase spells out an entity itself, because an entity
string belongs to one split only and the frames are shared.
"""


def _words(text: str) -> tuple[str, ...]:
    """Split a block of words at white space."""
    return tuple(text.split())


def _lines(text: str) -> tuple[str, ...]:
    """Split a block into its non-empty lines, without the indentation."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


# --- Persons -----------------------------------------------------------------------------------

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包"
    "宁尚符舒阮柯纪梅童凌毕单裴季成时古丰"
)

COMPOUND_SURNAMES = _words("欧阳 诸葛 上官 司马 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 东方 南宫 端木")

GIVEN_FIRST = tuple(
    "建志文晓玉春秀国永明德世家立海金俊学振宏光天子新庆正少宝思雪雅佩淑桂美丽嘉红爱凤长继延绍守兆"
    "景仲伯耀润维树祖成安东云石万水青和平兴向方大中其如亚亦若书培启贤"
)

GIVEN_SECOND = tuple(
    "华明强军平伟芳英兰生林峰刚杰民国义亮波辉云霞梅莉娟敏静丽萍玲燕琴芬涛斌勇文武祥福贵德才忠成龙"
    "江海山东南清良安康宁雄志荣昌飞宇晨雷超凯瑞彬洋松柏泉源珍珠香花凤仙君菲年田石春元章高新方开"
)

# Well-known people and common words that the name parts above would otherwise spell by chance.
NOT_PERSONS = _words(
    "李宁 陈云 董建华 刘德华 张国荣 李德生 姚明 王军 马云 李春平 江青 黄宏 王光英 张海迪 李文和"
    " 朱德 贺龙 江华 高岗 万元 万国 万民 万年 成年 成章 毕生 单元 单方 时年 常年 温泉 白云 高山"
    " 江山 江水 方方 方正 金石 金山 石方 何方 东方 高兴 高新 高年 黄石 黄海 黄龙 金花 银花 梅花"
    " 安康 安宁 牛山 齐国 鲁国 秦国 燕山 汤山 康德 陶文 申江 童年 章元 向东 向南 向海 常德 尚方"
    " 古文 古方 华山 关东 关山 田山 甘泉 江东 平方 毛方 白宇 石林 石英 宁波 应方"
)

FOREIGN_START = _words(
    "安德 亚历 科瓦 米哈 伊万 阿尔 贝尔 卡尔 达维 埃里 弗兰 格里 哈里 杰克 约翰 罗伯 马克 尼古"
    " 奥斯 彼得 萨拉 托马 乌尔 维克 沃尔 施瓦 莫里 劳拉 卢卡 玛丽 保罗 理查 塞尔 斯蒂 蒙特 佩雷"
    " 费尔 布莱 克里 多米 古斯 霍夫 凯瑟 拉蒙 纳塔 帕特 里卡 舒尔 泰勒 威廉 雅克 扎哈"
)

FOREIGN_MIDDLE = _words("拉 里 尔 克 斯 诺 列 沙 塔 贝 蒂 马 多 菲 齐 洛 米 卡 维 连")

FOREIGN_END = _words(
    "斯基 诺夫 维奇 森 顿 尔 斯 特 姆 娜 拉 奇 科 琴 曼 格 德 伊 利 诺 斯特 克 米诺 瓦 尼 兹 茨基"
    " 纳 托"
)

TIBETAN_PARTS = _words(
    "扎西 多吉 次仁 卓玛 央金 旺堆 平措 丹增 格桑 罗布 仁青 达娃 尼玛 边巴 洛桑 索朗 白玛 拉姆"
    " 顿珠 普布"
)

MONGOLIAN_FIRST = _words("乌兰 娜仁 斯琴 布和 巴图 苏和 乌云 萨仁 孟克 宝音 格日 那顺 哈斯 青格")

MONGOLIAN_SECOND = _words("其其格 图雅 高娃 巴特尔 朝克图 巴雅尔 毕力格 吉日嘎 托娅 勒图 塔娜 巴根")

UYGHUR_PARTS = _words(
    "阿不都 买买提 吐尔逊 阿依古丽 艾尼瓦尔 司马义 热合曼 努尔兰 铁木尔 帕提古丽 玛依努尔 卡德尔"
    " 依明 阿迪力 吾甫尔 库尔班 买合木提 哈力克 艾合买提 热依木"
)

JAPANESE_SURNAMES = _words(
    "山田 田中 铃木 佐藤 小林 高桥 渡边 伊藤 中村 加藤 吉田 松本 井上 木村 清水 山口 石川 前田"
    " 藤田 冈本"
)

JAPANESE_GIVEN = _words(
    "一郎 健二 惠子 和夫 真由美 太郎 洋子 正雄 美智子 隆 幸子 直树 良子 俊彦 文男 千惠"
)

# --- Locations ---------------------------------------------------------------------------------

# Short place names of one character, by the split they belong to.
SHORT_COUNTRIES = {
    "train": tuple("中美俄日德印巴朝以澳"),
    "val": tuple("加越埃"),
    "test": tuple("法韩英泰"),
}

# Those that stand for a host country, as in 驻华大使 and 访英期间.
SHORT_HOSTS = {"train": tuple("华日朝"), "val": tuple("加越"), "test": tuple("法韩英泰")}

SHORT_PROVINCES = {
    "train": tuple("京沪津渝粤苏浙皖闽湘鄂桂滇陕晋冀豫琼"),
    "val": tuple("吉青宁贵"),
    "test": tuple("川鲁辽赣"),
}

# Names given to a split by hand: train gets those without which it would be odd, and those
# whose characters make up a short form that another split uses; the provinces are few, so every
# split has its share.
KEPT_NAMES = {
    "train": _words(
        "中国 北京 上海 法国 英国 韩国 泰国 加拿大 越南 埃及 吉林 重庆 赣州 赣江 新华社 广东 山东"
        " 四川 湖北 河南 福建 安徽 辽宁 江西 黑龙江 贵州 甘肃 新疆 西藏 内蒙古 宁夏 青海"
    ),
    "val": _words("广西 河北 云南 江苏 中新社"),
    "test": _words("湖南 浙江 海南 陕西 山西 中通社"),
}

ASSIGNED_NAMES = (SHORT_COUNTRIES, SHORT_HOSTS, SHORT_PROVINCES, KEPT_NAMES)

# States with a president, with a prime minister, and all of those whose people bear names that
# are transliterated syllable by syllable.
REPUBLICS = _words(
    "美国 俄罗斯 法国 伊朗 埃及 巴西 南非 墨西哥 阿根廷 智利 秘鲁 乌克兰 芬兰 波兰 罗马尼亚 肯尼亚"
    " 尼日利亚 加纳 坦桑尼亚 赞比亚 津巴布韦 委内瑞拉 哥伦比亚 乌拉圭 阿尔及利亚 突尼斯 叙利亚"
    " 哈萨克斯坦 乌兹别克斯坦 塞内加尔 马里 加蓬 葡萄牙 奥地利 立陶宛 克罗地亚 斯洛文尼亚 安哥拉"
    " 纳米比亚 莫桑比克 厄瓜多尔 玻利维亚"
)

PREMIERSHIPS = _words(
    "德国 意大利 印度 巴基斯坦 以色列 澳大利亚 加拿大 新西兰 荷兰 西班牙 希腊 匈牙利 捷克 保加利亚"
    " 爱沙尼亚 摩洛哥 埃塞俄比亚 尼泊尔 斯里兰卡 孟加拉国 黎巴嫩 约旦 牙买加 冰岛 爱尔兰 卢森堡"
    " 马耳他 科威特 马达加斯加"
)

OTHER_COUNTRIES = _words(
    "中国 日本 英国 韩国 朝鲜 越南 泰国 新加坡 马来西亚 菲律宾 缅甸 柬埔寨 老挝 蒙古 瑞士 瑞典"
    " 挪威 丹麦 比利时 沙特阿拉伯 古巴 文莱 伊拉克 阿富汗 土耳其 巴勒斯坦 苏丹 利比亚"
)

CHINESE_REGIONS = _words(
    "华北 江南 华东 东北 西南 西北 华南 长江三角洲 珠江三角洲 青藏高原 黄土高原 华北平原 黄海 东海"
    " 南海 渤海湾 江淮 中原 塞北 岭南 松嫩平原 塔里木盆地 柴达木盆地 河西走廊 三江平原 成都平原"
    " 内蒙古高原 江汉平原 准噶尔盆地 陇东 陕北 苏北 皖南 闽南 湘西 鄂西 冀中 胶东 粤北 川西 辽东"
    " 关中 黔东南 滇西"
)

FOREIGN_REGIONS = _words(
    "中东 东南亚 欧洲 亚洲 非洲 拉丁美洲 北美 南亚 太平洋 大西洋 印度洋 波罗的海 地中海 巴尔干"
    " 中亚 西欧 东欧 南美 高加索 北非 海湾地区 加勒比海 西非 东非 北欧 中欧 大洋洲 南太平洋 北极"
    " 南极 波斯湾 北海 红海 西亚 中美洲"
)

PROVINCES = _words(
    "广东 江苏 浙江 山东 四川 湖北 湖南 河南 河北 福建 安徽 辽宁 江西 云南 陕西 山西 黑龙江 吉林"
    " 贵州 甘肃 海南 青海"
)

AUTONOMOUS_REGIONS = _words("广西 新疆 西藏 内蒙古 宁夏")

CITIES = _words(
    "北京 上海 广州 深圳 武汉 天津 南京 杭州 成都 重庆 西安 沈阳 大连 青岛 济南 郑州 长沙 昆明"
    " 哈尔滨 长春 福州 厦门 合肥 南昌 太原 石家庄 南宁 贵阳 兰州 西宁 银川 乌鲁木齐 拉萨 海口 苏州"
    " 无锡 常州 徐州 扬州 南通 宁波 温州 嘉兴 湖州 绍兴 金华 台州 芜湖 蚌埠 安庆 马鞍山 泉州 漳州"
    " 三明 赣州 九江 景德镇 烟台 潍坊 淄博 临沂 济宁 泰安 威海 洛阳 开封 新乡 安阳 南阳 平顶山 宜昌"
    " 襄樊 荆州 黄石 十堰 岳阳 株洲 湘潭 衡阳 常德 珠海 汕头 佛山 东莞 中山 惠州 江门 湛江 茂名"
    " 桂林 柳州 梧州 北海 三亚 绵阳 宜宾 泸州 自贡 南充 遵义 六盘水 大理 曲靖 玉溪 丽江 宝鸡 咸阳"
    " 汉中 延安 榆林 天水 酒泉 张掖 吴忠 石嘴山 唐山 秦皇岛 邯郸 保定 张家口 承德 廊坊 大同 阳泉"
    " 长治 临汾 包头 呼和浩特 赤峰 通辽 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 四平 通化 延吉"
    " 齐齐哈尔 牡丹江 佳木斯 大庆 鹤岗 克拉玛依 喀什 格尔木 日喀则 香港 澳门 台北 高雄"
)

FOREIGN_CITIES = _words(
    "纽约 华盛顿 莫斯科 巴黎 伦敦 柏林 罗马 日内瓦 维也纳 布鲁塞尔 洛杉矶 芝加哥 旧金山 波士顿"
    " 费城 休斯敦 亚特兰大 西雅图 多伦多 温哥华 悉尼 墨尔本 开罗 耶路撒冷 巴格达 德黑兰 大马士革"
    " 贝鲁特 安曼 利雅得 新德里 孟买 卡拉奇 伊斯兰堡 喀布尔 曼谷 河内 金边 万象 仰光 雅加达 马尼拉"
    " 吉隆坡 首尔 平壤 东京 大阪 圣彼得堡 基辅 明斯克 华沙 布拉格 布达佩斯 布加勒斯特 索非亚 雅典"
    " 伊斯坦布尔 安卡拉 马德里 巴塞罗那 里斯本 米兰 都灵 慕尼黑 法兰克福 汉堡 波恩 阿姆斯特丹 海牙"
    " 哥本哈根 斯德哥尔摩 奥斯陆 赫尔辛基 苏黎世 内罗毕 拉各斯 约翰内斯堡 开普敦 哈拉雷 阿尔及尔"
    " 里约热内卢 圣保罗 布宜诺斯艾利斯 利马 圣地亚哥 加拉加斯 墨西哥城 哈瓦那 塔什干 阿拉木图"
    " 乌兰巴托"
)

JAPANESE_CITIES = _words(
    "东京 大阪 名古屋 横滨 神户 札幌 福冈 长崎 广岛 京都 仙台 千叶 奈良 静冈 熊本 金泽"
)

RIVERS = _words(
    "长江 黄河 珠江 淮河 汉江 松花江 湘江 赣江 嘉陵江 雅鲁藏布江 塔里木河 辽河 海河 渭河 汾河"
    " 钱塘江 闽江 怒江 澜沧江 金沙江 岷江 大渡河 乌江 漓江 沂河 滦河 洛河 沅江 灞河 桑干河 永定河"
    " 大凌河 额尔齐斯河"
)

FOREIGN_RIVERS = _words(
    "尼罗河 多瑙河 莱茵河 亚马孙河 恒河 伏尔加河 密西西比河 湄公河 约旦河 幼发拉底河 泰晤士河"
)

MOUNTAINS = _words(
    "泰山 华山 黄山 庐山 峨眉山 衡山 恒山 嵩山 武夷山 井冈山 五台山 长白山 天山 昆仑山 秦岭 大别山"
    " 太行山 祁连山 大兴安岭 珠穆朗玛峰 张家界 九寨沟 贺兰山 六盘山 终南山 崂山 普陀山 九华山"
    " 雁荡山 梵净山 阴山"
)

LAKES = _words(
    "洞庭湖 鄱阳湖 太湖 青海湖 西湖 微山湖 巢湖 洪泽湖 滇池 玄武湖 东湖 千岛湖 白洋淀 泸沽湖"
    " 镜泊湖 洱海"
)

SCENIC_SITES = _words(
    "天安门广场 故宫 长城 颐和园 天坛 八达岭 外滩 黄鹤楼 岳阳楼 卢沟桥 周口店 莫高窟 龙门石窟"
    " 布达拉宫 三峡 圆明园 大雁塔 少林寺 寒山寺 滕王阁 中山陵 十三陵 避暑山庄 都江堰 王府井 中关村"
    " 秦淮河 西双版纳 山海关 嘉峪关 平遥古城"
)

HALLS = _words(
    "人民大会堂 钓鱼台国宾馆 中南海 首都机场 京西宾馆 白宫 克里姆林宫 爱丽舍宫 五角大楼 唐宁街十号"
)

PLACE_FIRST = tuple(
    "东西南北上下新永安长平清龙青白黄金石大小临江海河云华福德宁兴泰武文昌双三万高古灵凤桃柳松梅莲沙红桂"
    "玉宝丰广顺通崇怀靖浦"
)

PLACE_SECOND = tuple("阳川江河林原城安宁平州溪泉岭丰昌坪陵沟塘桥台岗湾源乐化康庆德兴田水山口浦沙")

VILLAGE_ENDS = _words("家庄 家村 家屯 家沟 家湾 家堡 家寨 家营")

STREET_ENDS = _words("路 街 大街 大道 东路 西路 南路 北路 中路 东街 胡同")

# --- Organisations -----------------------------------------------------------------------------

MINISTRIES = _words(
    "外交部 国防部 教育部 财政部 卫生部 农业部 交通部 铁道部 文化部 民政部 司法部 公安部 建设部"
    " 水利部 商务部 科技部 人事部 信息产业部 国土资源部 劳动和社会保障部 国家计委 国家经贸委"
    " 国家统计局 国家税务总局 国家林业局 国家旅游局 国家气象局 国家地震局 国家邮政局 国家海洋局"
    " 国家文物局 国家体育总局 国家环保总局 海关总署 审计署 中国人民银行 中国证监会 国家工商局"
    " 国家质检总局 国家药品监督管理局 国家广电总局 全国总工会 全国妇联 共青团中央 国务院"
    " 国务院扶贫办 国务院新闻办公室 中共中央 中央军委 中央纪委 最高人民法院 最高人民检察院"
    " 全国人大常委会 全国政协 中宣部 中央文献研究室 国家粮食局 国家外汇管理局 全国侨联"
)

INTERNATIONAL = _words(
    "联合国 欧盟 世界银行 东盟 世贸组织 世界卫生组织 亚太经合组织 北约 安理会 国际货币基金组织"
    " 国际原子能机构 国际红十字会 阿拉伯国家联盟 非洲统一组织 欧洲议会 亚洲开发银行 上海合作组织"
    " 国际刑警组织 联合国教科文组织 联合国儿童基金会 联合国粮农组织 世界气象组织 国际劳工组织"
    " 石油输出国组织 不结盟运动 南方共同市场 独联体 七十七国集团 欧洲央行 世界自然基金会"
    " 国际民航组织 世界粮食计划署 国际电信联盟 英联邦 ＷＴＯ ＮＡＴＯ ＯＰＥＣ ＩＭＦ ＷＨＯ"
    " ＡＰＥＣ ＵＮＥＳＣＯ ＯＥＣＤ"
)

SPORT_BODIES = _words(
    "国际奥委会 国际足联 国际泳联 国际田联 国际乒联 亚足联 亚奥理事会 ＦＩＦＡ ＮＢＡ ＩＯＣ"
    " 国际棋联"
)

SPORTS = _words(
    "足球 篮球 排球 乒乓球 羽毛球 游泳 田径 体操 举重 柔道 射箭 自行车 帆船 击剑 手球 曲棍球 滑冰"
    " 摔跤"
)

CHINESE_AGENCIES = _words("新华社 中新社 中通社")

FOREIGN_AGENCIES = _words(
    "法新社 路透社 美联社 塔斯社 共同社 德新社 安莎社 埃菲社 时事社 韩联社 国际文传电讯社"
    " 合众国际社 中东社 泛非社"
)

SHORT_ORGS = _words(
    "北大 清华 复旦 浙大 南开 中科院 社科院 证监会 国资委 发改委 保监会 银监会 人民银行 总工会"
    " 中国足协 中国篮协 中国奥委会 中央电视台 中国科协 中国作协 中国文联 人民日报 光明日报 经济日报"
    " 解放军报 工人日报 中国青年报"
)

BANKS = _words(
    "中国银行 中国工商银行 中国农业银行 中国建设银行 交通银行 招商银行 光大银行 华夏银行 民生银行"
    " 国家开发银行"
)

UNIVERSITY_KINDS = _words("理工 师范 农业 工业 医科 财经 交通 科技 外国语 海洋 林业 政法")

BRAND_FIRST = tuple("华天金远宏兴盛海东新力康龙泰恒信联创威凯嘉利中安德瑞美佳长万永光银亚")

BRAND_SECOND = tuple("达通方宇源丰力利信泰星隆昌和顺腾捷阳鑫联科茂辰润诚")

# Well-known companies that the brand parts would otherwise spell by chance.
NOT_BRANDS = _words(
    "万科 万达 万通 海信 海丰 联通 联科 中信 中联 中通 中科 中达 中新 华润 华联 华通 华达 华信"
    " 华丰 安利 安信 信达 信诚 新科 新联 新力 新丰 金利 金星 金丰 金科 长丰 长宇 长联 长信 永利"
    " 永昌 恒丰 恒通 恒信 恒昌 泰丰 泰达 康泰 康力 康辰 东方 东源 东信 东星 力源 宏源 宏达 盛通"
    " 远通 远东 美联 美通 美达 佳通 光通 银联 银丰 银星 龙源 龙信 亚通 亚信 亚泰 亚联 亚星 亚科"
    " 嘉联 天利 天宇 天顺 天源 天通 兴业 兴隆 瑞丰 瑞星 瑞昌 凯利 凯丰 德信 德力 创联 创力 海通"
    " 海联 海隆 海源 海利 永隆 永丰 永泰"
)

INDUSTRIES = _words(
    "电子 钢铁 汽车 石油化工 纺织 食品 制药 通讯 航空 房地产 建筑 软件 贸易 水泥 家电 机械 造船"
    " 服装 酒业 矿业 电力 运输 保险 证券 旅游 科技 生物 化肥 造纸 乳业"
)

# The trades of the makers of household goods.
MAKER_KINDS = _words("电子 电器 家电 通讯 机械 轻工 科技 工业")

COMPANY_ENDS = _words("公司 公司 集团 集团公司 有限公司 股份有限公司 有限责任公司 总公司")

FACTORY_KINDS = _words("钢铁 化肥 机床 纺织 汽车 造纸 电视机 玻璃 水泥 制药 轴承 啤酒 家具 印刷")

RESEARCH_FIELDS = _words(
    "高能物理 数学 化学 海洋 地质 生物物理 计算技术 半导体 自动化 植物 动物 天文 声学 农业 水利"
    " 历史 考古 语言 经济 社会学 法学 民族 气象 地震 材料 遗传 古脊椎动物"
)

ASSOCIATION_FIELDS = _words(
    "足球 篮球 乒乓球 书法家 作家 美术家 音乐家 消费者 残疾人 律师 围棋 登山 摄影家 民间文艺家"
    " 钢铁工业 汽车工业 烹饪 老龄事业 环境保护 计算机用户"
)

# Local authorities by the slot that asks for one.
AUTHORITY_KINDS: dict[str, tuple[str, ...]] = {
    "BUREAU": _words("统计局 民政局 文化局 旅游局 水利局 劳动局 地税局 档案局 粮食局"),
    "POLICE": _words("公安局 公安分局 公安处 边防支队 海关"),
    "MARKET": _words("工商局 物价局 质量技术监督局 国税局"),
    "ECOBUREAU": _words("环保局 环境监测站"),
    "EDUBUREAU": _words("教育局 教委"),
    "ROADBUREAU": _words("交通局 公路局 铁路局 市政工程处"),
    "FARMBUREAU": _words("农业局 畜牧局 农技推广站"),
    "WEATHERORG": _words("气象台 气象局 气象站"),
    "HEALTHORG": _words("卫生局 卫生厅 疾病控制中心"),
    "COURT": _words("中级人民法院 人民法院 海事法院"),
    "GOV": _words("人民政府 人大常委会 政协 人民政府 妇联 总工会"),
}

TEAM_KINDS = _words("女排 男篮 女足 男足 女篮 体操队 跳水队 射击队 乒乓球队 羽毛球队 田径队 游泳队")

TROUPE_KINDS = _words(
    "京剧团 歌舞团 交响乐团 话剧院 杂技团 芭蕾舞团 民族乐团 越剧团 木偶剧团 艺术团"
)

PAPER_KINDS = _words("日报 晚报 晨报 青年报 商报 都市报 电视台 人民广播电台")

PARTY_KINDS = _words(
    "社会党 自由党 共产党 民主党 人民党 工党 保守党 社会民主党 民族党 绿党 民主联盟"
)

FOREIGN_MINISTRY_KINDS = _words("外交部 国防部 财政部 内政部 卫生部 农业部 交通部 议会 情报局")

LATIN_STARTS = _words(
    "Ｎｏｖａ Ｔｅｌｅ Ｏｍｎｉ Ｄａｔａ Ｌｕｍｉ Ｓｏｌａ Ｖｅｇａ Ｍｅｇａ Ｐａｎａ Ｃｏｒｅ"
)

LATIN_ENDS = _words(
    "ｔｅｌ ｔｒｏｎ ｌｉｎｋ ｄｙｎｅ ｎｅｔ ｃｏｍ ｗａｒｅ ｐｌａｎ ｂｉｔ ｃｅｌｌ"
)

# --- How names are put together ----------------------------------------------------------------

# Alternatives for every kind of name: a part in angle brackets is spelled out by its own entry,
# and an alternative that stands there several times is chosen that much more often.
NAME_GRAMMAR: dict[str, tuple[str, ...]] = {
    # persons
    "surname": SURNAMES,
    "compound": COMPOUND_SURNAMES,
    "first": GIVEN_FIRST,
    "second": GIVEN_SECOND,
    "PERCN": (
        *("<surname><first><second>",) * 14,
        *("<surname><second>",) * 7,
        "<compound><first><second>",
        "<compound><second>",
    ),
    "SURNAME": (*("<surname>",) * 15, "<compound>"),
    "start": FOREIGN_START,
    "middle": FOREIGN_MIDDLE,
    "end": FOREIGN_END,
    "foreign_given": ("<start>", "<start><end>", "<start><middle>"),
    "foreign_family": ("<start><end>", "<start><end>", "<start><middle><end>"),
    "PERF": (
        *("<foreign_given>·<foreign_family>",) * 5,
        *("<foreign_family>",) * 4,
        "<letter>·<foreign_family>",
        "<letter>·<letter>·<foreign_family>",
    ),
    "tibetan": TIBETAN_PARTS,
    "mongolian_first": MONGOLIAN_FIRST,
    "mongolian_second": MONGOLIAN_SECOND,
    "uyghur": UYGHUR_PARTS,
    "PERM": (
        *("<tibetan><tibetan>",) * 3,
        "<mongolian_first><mongolian_second>",
        "<mongolian_first><mongolian_second>",
        *("<uyghur>·<uyghur>",) * 3,
        "<uyghur>",
    ),
    "japanese_surname": JAPANESE_SURNAMES,
    "japanese_given": JAPANESE_GIVEN,
    "PERJ": ("<japanese_surname><japanese_given>",),
    "PERANY": ("<PERF>", "<PERF>", "<PERF>", "<PERJ>"),
    # characters and numbers inside names
    "letter": tuple("ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"),
    "digit": tuple("１２３４５６７８９０"),
    "ordinal": tuple("一二三四五六七八九十"),
    # locations
    "place_first": PLACE_FIRST,
    "place_second": PLACE_SECOND,
    "stem": ("<place_first><place_second>",),
    "SC": tuple(char for chars in SHORT_COUNTRIES.values() for char in chars),
    "HOST": tuple(char for chars in SHORT_HOSTS.values() for char in chars),
    "SP": tuple(char for chars in SHORT_PROVINCES.values() for char in chars),
    "REPUBLIC": REPUBLICS,
    "PREMIER": PREMIERSHIPS,
    "FORCOUNTRY": (*REPUBLICS, *PREMIERSHIPS),
    "COUNTRY": (*OTHER_COUNTRIES, *REPUBLICS, *PREMIERSHIPS),
    "CREGION": CHINESE_REGIONS,
    "FREGION": FOREIGN_REGIONS,
    "province_name": PROVINCES,
    "region_name": (*PROVINCES, *AUTONOMOUS_REGIONS),
    "PROVINCE": ("<region_name>", "<region_name>", "<region_name>", "<province_name>省"),
    "city_name": CITIES,
    "NEWCITY": ("<stem>市",),
    "BARECITY": ("<city_name>",),
    "CITY": (*("<city_name>",) * 4, *("<city_name>市",) * 2, *("<NEWCITY>",) * 4),
    "foreign_city_name": FOREIGN_CITIES,
    "FTOWN": (
        "<start><end>",
        "<start><middle><end>",
        "<start><middle>",
        "<start><end>港",
        "<start>岛",
    ),
    "FCITY": ("<foreign_city_name>", "<foreign_city_name>", "<FTOWN>"),
    "JCITY": JAPANESE_CITIES,
    "DISTRICT": ("<stem>区", "<stem>区", "<stem>新区"),
    "COUNTY": (*("<stem>县",) * 6, "<stem>回族自治县", "<stem>土家族自治县"),
    "TOWN": ("<stem>镇", "<stem>镇", "<stem>乡", "<surname>家镇", "<stem>铺镇"),
    "village_end": VILLAGE_ENDS,
    "VILLAGE": ("<surname><village_end>", "<surname><village_end>", "<stem>村", "<stem>村"),
    "river_name": RIVERS,
    "RIVER": ("<river_name>", "<stem>河", "<place_first>河", "<stem>江"),
    "foreign_river_name": FOREIGN_RIVERS,
    "FRIVER": ("<foreign_river_name>", "<start><end>河", "<start><middle>河"),
    "mountain_name": MOUNTAINS,
    "MOUNT": ("<mountain_name>", "<mountain_name>", "<stem>山", "<stem>岭", "<stem>峰"),
    "lake_name": LAKES,
    "LAKE": ("<lake_name>", "<stem>湖", "<stem>水库"),
    "street_end": STREET_ENDS,
    "STREET": ("<stem><street_end>", "<stem><street_end>", "<city_name>路", "<province_name>路"),
    "FSTREET": ("<start><middle>大街", "<start><end>大街", "<start><end>广场"),
    "PARK": ("<stem>公园", "<place_first>湖公园", "<stem>广场", "<city_name>动物园"),
    "scenic_name": SCENIC_SITES,
    "SCENIC": (
        "<scenic_name>",
        "<scenic_name>",
        "<stem>寺",
        "<stem>塔",
        "<stem>古城",
        "<stem>石窟",
    ),
    "hall_name": HALLS,
    "HALL": ("<hall_name>", "<city_name>国际会议中心", "<stem>宾馆", "<city_name>机场"),
    "STADIUM": (
        "<city_name>体育场",
        "<city_name>体育馆",
        "<stem>体育中心",
        "<city_name>工人体育场",
    ),
    "PORT": ("<city_name>港", "<stem>港"),
    "BRIDGE": ("<river_name>大桥", "<stem>大桥", "<city_name>大桥"),
    # organisations
    "seat": (*("<city_name>",) * 6, "<stem>", "<stem>", "<region_name>"),
    "town_seat": ("<city_name>市", "<NEWCITY>", "<COUNTY>", "<COUNTY>", "<NEWCITY><DISTRICT>"),
    "brand": tuple(
        first + second
        for first in BRAND_FIRST
        for second in BRAND_SECOND
        if first + second not in NOT_BRANDS
    ),
    "industry": INDUSTRIES,
    "company_end": COMPANY_ENDS,
    "latin_brand": tuple(start + end for start in LATIN_STARTS for end in LATIN_ENDS),
    "COMPANY": (
        "<city_name><brand><industry><company_end>",
        "<city_name><brand><industry><company_end>",
        "<province_name><brand><industry><company_end>",
        "<brand><industry><company_end>",
        "<brand><company_end>",
        "<brand>集团",
        "<letter><letter><industry><company_end>",
        "<latin_brand><industry>公司",
    ),
    "FCOMPANY": (
        "<start><end>公司",
        "<start><middle><end>公司",
        "<start><end><industry>公司",
        "<start>集团",
    ),
    "maker_kind": MAKER_KINDS,
    "MAKER": (
        "<city_name><brand><maker_kind><company_end>",
        "<brand><maker_kind><company_end>",
        "<brand>集团",
        "<letter><letter><maker_kind>公司",
        "<city_name><brand><maker_kind>厂",
    ),
    "LATINCO": ("<latin_brand>公司", "<latin_brand>", "<letter><letter>公司", "<latin_brand>集团"),
    "PHARMA": ("<city_name><brand>制药厂", "<brand>制药公司", "<city_name>第<ordinal>制药厂"),
    "factory_kind": FACTORY_KINDS,
    "FACTORY": (
        "<city_name>第<ordinal><factory_kind>厂",
        "<city_name><factory_kind>厂",
        "<city_name><brand><factory_kind>厂",
        "<stem><factory_kind>厂",
        "<digit><digit><digit>厂",
    ),
    "PLANT": (
        "<stem><factory_kind>厂",
        "<city_name><brand><factory_kind>厂",
        "<brand><factory_kind>厂",
    ),
    "bank_name": BANKS,
    "BANK": (
        "<bank_name>",
        "<bank_name><city_name>分行",
        "<city_name>商业银行",
        "<bank_name><stem>支行",
    ),
    "MINISTRY": MINISTRIES,
    "foreign_ministry": FOREIGN_MINISTRY_KINDS,
    "FMINISTRY": ("<FORCOUNTRY><foreign_ministry>",),
    "party_kind": PARTY_KINDS,
    "PARTY": ("<FORCOUNTRY><party_kind>", "<FORCOUNTRY><party_kind>", "<start><middle>党"),
    "FPARTY": ("<start><middle>党", "<start><end>党", "<start><middle>民主党"),
    "PARTYCOM": (
        "中共<city_name>市委",
        "中共<COUNTY>委",
        "中共<NEWCITY>委",
        "中共<province_name>省委",
    ),
    "international_name": INTERNATIONAL,
    "INTL": ("<international_name>", "<international_name>", "国际<research_field>组织"),
    "sport": SPORTS,
    "sport_body": SPORT_BODIES,
    "SPORTINTL": ("<sport_body>", "国际<sport>联合会", "亚洲<sport>联合会"),
    "association_field": ASSOCIATION_FIELDS,
    "ASSOC": (
        "中国<association_field>协会",
        "<city_name><association_field>协会",
        "<province_name>省<association_field>协会",
        "<city_name>市<association_field>联合会",
        "<stem>慈善基金会",
    ),
    "research_field": RESEARCH_FIELDS,
    "INST": (
        "中国科学院<research_field>研究所",
        "<city_name><research_field>研究所",
        "<province_name>省<research_field>研究院",
        "<UNIV><research_field>研究中心",
        "中国科学院<city_name><research_field>研究所",
    ),
    "university_kind": UNIVERSITY_KINDS,
    "FARMINST": (
        "<city_name>农业科学研究所",
        "<province_name>省农业科学院",
        "<city_name>农业大学",
        "<COUNTY>农科所",
    ),
    "UNIV": (
        "<seat>大学",
        "<seat><university_kind>大学",
        "<seat><university_kind>大学",
        "<seat><university_kind>学院",
    ),
    "FORUNIV": ("<foreign_city_name>大学", "<start><end>大学", "<start><middle><end>理工学院"),
    "HOSPITAL": (
        "<city_name>市第<ordinal>人民医院",
        "<city_name>儿童医院",
        "<COUNTY>人民医院",
        "<UNIV>第<ordinal>医院",
        "<UNIV>附属医院",
        "第<digit><digit><digit>医院",
        "解放军第<digit><digit><digit>医院",
        "<stem>中医院",
    ),
    "SCHOOL": (
        "<city_name>第<ordinal>中学",
        "<UNIV>附属中学",
        "<COUNTY>第<ordinal>中学",
        "<city_name>市实验小学",
        "<TOWN>中心小学",
        "<city_name><digit><digit>中学",
    ),
    "TRAVELCO": (
        "<city_name><brand>旅行社",
        "<stem>旅行社",
        "中国<brand>旅行社",
        "<city_name>国际旅行社",
    ),
    "BUILDER": (
        "<city_name><brand>建筑公司",
        "<brand>路桥集团",
        "<province_name>省<brand>桥梁工程公司",
    ),
    "TRAINER": (
        "<city_name>体育学校",
        "<city_name>体育学院",
        "<city_name>市<sport>学校",
        "<COUNTY>少年体校",
    ),
    "CLUB": (
        "<city_name><brand>队",
        "<city_name><brand>队",
        "<province_name><brand>队",
        "<start><end>队",
    ),
    "NTEAM": ("<COUNTRY>队",),
    "team_kind": TEAM_KINDS,
    "STEAM": ("<region_name><team_kind>", "<COUNTRY><team_kind>", "<city_name><brand>俱乐部"),
    "troupe_kind": TROUPE_KINDS,
    "TROUPE": (
        "<city_name><troupe_kind>",
        "<province_name>省<troupe_kind>",
        "中国<brand><troupe_kind>",
    ),
    "paper_kind": PAPER_KINDS,
    "PAPER": ("<seat>日报", "<seat>晚报", "<seat>青年报", "<seat>商报", "<seat>时报"),
    "MEDIA": ("<seat>电视台", "<seat>人民广播电台", "<seat><paper_kind>"),
    "PRESS": ("<seat>人民出版社", "<seat>文艺出版社", "<seat>教育出版社", "<brand>书局"),
    "CAGENCY": (*CHINESE_AGENCIES, "<brand_first>新社", "<brand_first>通社", "<brand_first>联社"),
    "brand_first": BRAND_FIRST,
    "foreign_agency_name": FOREIGN_AGENCIES,
    "FAGENCY": ("<foreign_agency_name>", "<foreign_agency_name>", "<FORCOUNTRY>通讯社"),
    "ABBR": SHORT_ORGS,
    "ARMY": (
        "武警<region_name>总队",
        "武警<city_name>支队",
        "<digit><digit><digit><digit><digit>部队",
        "解放军<digit><digit><digit><digit><digit>部队",
        "<city_name>军分区",
        "<city_name>消防支队",
    ),
    **{
        slot: tuple("<town_seat>" + kind for kind in kinds)
        for slot, kinds in AUTHORITY_KINDS.items()
    },
}

# Lists of real names that are shared out among the splits by position.
DEALT_NAMES: tuple[tuple[str, ...], ...] = (
    REPUBLICS,
    PREMIERSHIPS,
    OTHER_COUNTRIES,
    CHINESE_REGIONS,
    FOREIGN_REGIONS,
    CITIES,
    FOREIGN_CITIES,
    JAPANESE_CITIES,
    RIVERS,
    FOREIGN_RIVERS,
    MOUNTAINS,
    LAKES,
    SCENIC_SITES,
    HALLS,
    MINISTRIES,
    INTERNATIONAL,
    SPORT_BODIES,
    FOREIGN_AGENCIES,
    SHORT_ORGS,
    BANKS,
)

# Lists that begin with what the press names most; the draw favours their beginning.
RANKED_NAMES = frozenset(
    _words(
        "surname COUNTRY FORCOUNTRY REPUBLIC PREMIER CREGION FREGION city_name foreign_city_name"
        " river_name mountain_name MINISTRY international_name"
    )
)

# The entity type of every slot in capitals.
SLOT_LABELS: dict[str, str] = {
    **dict.fromkeys(_words("PERCN SURNAME PERF PERM PERJ PERANY"), "PER"),
    **dict.fromkeys(
        _words(
            "SC HOST SP REPUBLIC PREMIER FORCOUNTRY COUNTRY CREGION FREGION PROVINCE NEWCITY CITY"
            " BARECITY FTOWN FCITY JCITY DISTRICT COUNTY TOWN VILLAGE RIVER FRIVER MOUNT LAKE"
            " STREET FSTREET PARK SCENIC HALL STADIUM PORT BRIDGE"
        ),
        "LOC",
    ),
    **dict.fromkeys(
        _words(
            "COMPANY FCOMPANY MAKER LATINCO PHARMA PLANT FACTORY BANK MINISTRY FMINISTRY PARTY"
            " FPARTY PARTYCOM INTL SPORTINTL ASSOC INST UNIV FARMINST FORUNIV HOSPITAL SCHOOL"
            " TRAINER TRAVELCO BUILDER CLUB NTEAM STEAM TROUPE PAPER MEDIA PRESS CAGENCY FAGENCY"
            " ABBR ARMY"
        ),
        "ORG",
    ),
    **dict.fromkeys(AUTHORITY_KINDS, "ORG"),
}

# --- Phrases: untagged text, possibly with slots of either sort --------------------------------

PHRASES: dict[str, tuple[str, ...]] = {
    "time": _lines("""
        今天
        昨天
        日前
        近日
        最近
        {date}
        {date}
        {date}上午
        {date}下午
        {date}晚
        本周一
        上周末
        前天
        {dd}日
    """),
    "said": _words("说 指出 强调 表示 认为 透露 介绍说 告诉记者 坦言"),
    "recent": _words("今天 昨天 日前 近日 最近 今天上午 今天下午 今晚"),
    "spoke": _words("说 笑着说 对记者说 感慨地说 大声说 回忆说 告诉记者"),
    "names": (
        "{PERCN}、{PERCN}",
        "{PERCN}、{PERCN}、{PERCN}",
        "{PERCN}、{PERCN}、{PERCN}和{PERCN}",
        "{PERCN}、{PERCN}、{PERCN}、{PERCN}、{PERM}",
    ),
    "cities": (
        "{CITY}、{CITY}",
        "{CITY}、{CITY}、{CITY}",
        "{CITY}、{CITY}、{CITY}和{PROVINCE}",
        "{PROVINCE}、{PROVINCE}、{PROVINCE}",
    ),
    "place": (
        "{CITY}",
        "{CITY}",
        "{PROVINCE}{NEWCITY}",
        "{PROVINCE}{COUNTY}",
        "{CITY}{DISTRICT}",
        "{COUNTY}{TOWN}",
        "{PROVINCE}{NEWCITY}{COUNTY}",
    ),
    "village": ("{COUNTY}{VILLAGE}", "{COUNTY}{TOWN}{VILLAGE}", "{TOWN}{VILLAGE}", "{VILLAGE}"),
    "scholar": _lines("""
        {UNIV}教授{PERCN}
        {UNIV}副校长{PERCN}
        {INST}研究员{PERCN}
        {INST}副主任{PERCN}
        {ASSOC}会长{PERCN}
        著名学者{PERCN}
        经济学家{PERCN}
        {PERCN}教授
        {PERCN}院士
        {SURNAME}教授
    """),
    "boss": _lines("""
        {COMPANY}总经理{PERCN}
        {COMPANY}董事长{PERCN}
        {FACTORY}厂长{PERCN}
        {BANK}行长{PERCN}
        {FCOMPANY}总裁{PERF}
        {COMPANY}副总工程师{PERCN}
        {PERCN}总经理
        {SURNAME}厂长
        {SURNAME}经理
    """),
    "official": _lines("""
        {MINISTRY}负责人{PERCN}
        {BUREAU}局长{PERCN}
        {BUREAU}副局长{PERCN}
        {MINISTRY}官员{PERCN}
        {GOV}秘书长{PERCN}
        {GOV}负责人
        {SURNAME}局长
        {PERCN}同志
    """),
    "who": _lines("""
        {PERCN}
        {PERCN}
        {PERCN}
        {PERM}
        {SURNAME}先生
        {SURNAME}女士
        {SURNAME}师傅
        一位老工人
        当地一位老人
        村里的会计
        一名中学生
    """),
    "athlete": _lines("""
        {PERCN}
        {PERCN}
        {COUNTRY}选手{PERANY}
        {FORCOUNTRY}名将{PERF}
        {PROVINCE}选手{PERCN}
        {STEAM}{PERCN}
        东道主选手
        一名年轻选手
        上届冠军
    """),
    "body": _lines("""
        {COMPANY}
        {COMPANY}
        {FACTORY}
        {FCOMPANY}
        {BANK}
        这家公司
        当地一家企业
        该厂
    """),
    "where": _lines("""
        {CITY}
        {CITY}
        {COUNTY}
        {PROVINCE}
        {CREGION}
        北方大部分地区
        沿海各地
        这个偏远的山村
    """),
    "affairs": _words(
        "经贸合作 环境保护 科技交流 文化交流 航空运输 投资保护 打击走私 司法协助 边界问题 教育合作"
    ),
    "goods": _words(
        "棉纱 化肥 小麦 玉米 轮胎 水泥 钢材 服装 玩具 大米 药品 纸张 煤炭 大豆 食糖 家具"
    ),
    "device": _words("彩电 手机 冰箱 空调 自行车 电脑 洗衣机 微波炉 照相机 拖拉机 录像机 热水器"),
    "gadget": _words(
        "ＤＶＤ播放机 ＧＰＳ定位仪 ＬＥＤ显示屏 ＣＤＭＡ手机 超级计算机 数字电视 电动汽车"
        " ＩＰ电话机"
    ),
    "localfood": _words(
        "青岛啤酒 西湖龙井茶 金华火腿 德州扒鸡 南京板鸭 茅台酒 龙口粉丝 涪陵榨菜 兰州拉面 镇江香醋"
        " 桂林米粉 北京烤鸭 绍兴黄酒 哈密瓜 吐鲁番葡萄 莱阳梨 川菜"
    ),
    "localgoods": (
        "{localfood}",
        "{localfood}",
        "桑塔纳轿车",
        "苏绣",
        "湘绣",
        "宣纸",
        "景泰蓝",
        "蒙古袍",
        "端砚",
    ),
    "food": _words("米粉 豆腐 腊肉 红茶 烤鸭 糕点 羊肉串 火锅 面条"),
    "hearsay": _words("民办教师要转正 电费又要上涨 农村学校要合并 学费将统一收取 教师节要补发工资"),
    "law": _words(
        "《行政许可法》 《劳动法》 《消费者权益保护法》 《道路交通安全法》 《土地管理法》"
        " 《证券法》 《教育法》 《合同法》 《献血法》 《森林法》 《价格法》 《药品管理法》"
        " 《未成年人保护法》"
    ),
    "festival": _words(
        "春节 中秋节 国庆节 元旦 端午节 重阳节 元宵节 五一节 教师节 清明节 圣诞节 泼水节"
    ),
    "work": _lines("""
        《春天的故事》
        《长江之歌》
        《大河奔流》
        《{adjective}的{noun}》
        《{adjective}的{noun}》
        《{noun}与{noun}》
        《我和{noun}》
        《{noun}之恋》
        《西厢记》
        《北京人在他乡》
        《白蛇传》
        《黄土地上的{noun}》
    """),
    "adjective": _words("沉默 远去 金色 遥远 古老 无声 最后 年轻 寂静 明亮 燃烧 迟到 温暖 孤独"),
    "noun": _words(
        "村庄 河流 山岗 春天 黎明 草原 月亮 母亲 海岸 秋风 大雁 城市 车站 童年 灯火 白杨"
    ),
    "book": _words("长篇小说 散文集 报告文学 诗集 中篇小说 回忆录 传记 短篇小说集"),
    "play": _words("电视连续剧 故事片 纪录片 电视剧 动画片"),
    "drama": _words("话剧 歌剧 舞剧 喜剧 现代京剧"),
    "event": _words(
        "女子五千米 男子百米 女子一百米蛙泳 男子跳马 女子十米跳台 女子铅球 男子跳远 女子万米"
        " 男子举重５９公斤级 男子双人划艇 公路自行车 女子气手枪 男子标枪 女子４００米栏"
    ),
    "duel": _words("男子单打 女子单打 女子柔道 男子摔跤 女子击剑 男子拳击"),
    "pair": _words("女子双打 男子双打 混合双打"),
    "league": _words("全国甲级联赛 亚洲杯赛 世界杯预选赛 足协杯赛 友谊赛 全国青年赛"),
    "match": _words("世界锦标赛 公开赛 邀请赛 大奖赛 亚运会 世界杯赛 青年锦标赛"),
    "disease": _words("高血压 糖尿病 肝炎 白血病 心脏病 结核病 近视 流感 肺癌 非典型肺炎"),
    "disaster": _words("暴雨 地震 洪水 泥石流 台风 雪灾 冰雹 龙卷风 山洪"),
    "crop": _words("小麦 棉花 水稻 油菜 苹果 茶叶 柑橘 蔬菜 花卉 蘑菇 大豆 甘蔗 烟叶"),
    "tech": _words(
        "ＤＶＤ播放机 ＩＰ电话 ＤＮＡ芯片 Ｌｉｎｕｘ操作系统 ＣＤＭＡ手机 ＩＣ卡 ＬＥＤ显示屏"
        " ＧＰＳ定位仪 超级计算机 纳米材料 光纤通信 基因疫苗 数字电视 电动汽车"
    ),
    "acronym": _words(
        "ＧＤＰ ＣＰＩ ＭＢＡ ＥＭＳ ＡＢＳ ＵＳＢ接口 ＶＣＤ ＰＶＣ Ｅ－ｍａｉｌ ＩＳＯ９０００"
        " Ｗ３Ｃ标准"
    ),
    "index": _words("ＧＤＰ ＣＰＩ ＰＰＩ 工业增加值 ＧＮＰ 财政收入"),
    "exam": _words("Ｘ光 Ｂ超 ＣＴ 心电图 ＤＮＡ 核磁共振 血常规"),
    "language": _words("英语 日语 德语 法语 俄语 意大利语 汉语 粤语"),
    "subject": _words("语文 数学 英语 历史 地理 法律 中文 日语 汉语 德语 美术 音乐 会计"),
    "mild_sky": _words("晴 多云 阴 小雨 晴转多云 中雨 多云转阴 雷阵雨"),
    "cold_sky": _words("晴 小雪 雾 阴转小雪 雨夹雪"),
    "forecast": ("{mild_sky}，{mild}", "{mild_sky}，{mild}", "{cold_sky}，{cold}"),
    "soldier": _words("战士 班长 连长 排长 飞行员 军医 指导员"),
    "work_honour": _words(
        "劳动模范 先进工作者 十佳青年 优秀教师 见义勇为先进个人 科技标兵 三八红旗手"
    ),
    "quote": _lines("""
        这件事不能再拖了
        我们有信心把工作做好
        群众的利益没有小事
        质量就是企业的生命
        这次来收获很大，我非常高兴
        路还长，要一步一步地走
        谁也不能搞特殊
        困难是暂时的，前途是光明的
        没有大家的支持，就没有今天的成绩
        我马上就去办
        先把水源和道路修好，再谈别的
        许多问题还需要进一步研究
        任何时候都不能忘记安全
        技术要靠自己一点一点地摸索
        我从小就爱听戏
    """),
    "dateline": _lines("""
        本报{BARECITY}{date}电记者{PERCN}报道：
        本报{BARECITY}{date}电
        本报{BARECITY}{date}讯记者{PERCN}、{PERCN}报道：
        本报{BARECITY}{date}讯记者{PERCN}{PERCN}报道：
        {CAGENCY}{BARECITY}{date}电（记者{PERCN}）
        {CAGENCY}{BARECITY}{date}电（记者{PERCN}、{PERCN}）
        {CAGENCY}{BARECITY}{date}电
        据《{PAPER}》报道，
        据{MEDIA}报道，
        据{ABBR}报道，
        本报讯{PAPER}记者{PERCN}报道：
        本报讯记者{PERCN}报道：
        本报讯
    """),
    "foreign_dateline": _lines("""
        {CAGENCY}{FCITY}{date}电（记者{PERCN}）
        {CAGENCY}{FCITY}{date}电
        {FAGENCY}{FCITY}{date}电
        据{FAGENCY}{FCITY}{date}电
        据{FAGENCY}报道，
        本报{FCITY}{date}电驻{FORCOUNTRY}记者{PERCN}报道：
        本报驻{FORCOUNTRY}记者{PERCN}报道：
    """),
}

# --- Frames: a sentence is a lead and perhaps follow-ups of the same topic ----------------------

LEADS: dict[str, tuple[str, ...]] = {
    "diplomacy": _lines("""
        {REPUBLIC}总统{PERF}{time}抵达{CITY}，开始为期{n}天的正式访问
        {PREMIER}总理{PERF}{time}在{HALL}会见了{REPUBLIC}外长{PERF}
        {FMINISTRY}发言人{PERF}{time}在例行记者会上说，{SC}{SC}关系正在健康发展
        应{FORCOUNTRY}政府的邀请，{REPUBLIC}总统{PERF}将于{date}起访问{FORCOUNTRY}
        {SC}{SC}两国政府{time}在{FCITY}签署了关于{affairs}的协定
        {FORCOUNTRY}驻{HOST}大使{PERF}{time}举行招待会，庆祝两国建交{n}周年
        {FORCOUNTRY}政府代表团{time}结束访问，离开{CITY}回国
        {SC}方愿意同{SC}方一道，推动{affairs}不断向前发展
        {INTL}特使{PERF}{time}前往{FCITY}，就{COUNTRY}局势进行斡旋
        {SC}{SC}两国的{affairs}近年来发展很快
        出席会议的有{SC}、{SC}两国的代表以及{INTL}的观察员
        {COUNTRY}和{COUNTRY}决定自{date}起建立大使级外交关系
        {PERF}{time}在{HALL}对各国记者发表谈话
        {FORCOUNTRY}友好人士{PERF}率领的代表团{time}访问了{UNIV}
        {FORCOUNTRY}驻{CITY}总领事{PERF}{time}离任
    """),
    "world": _lines("""
        {INTL}秘书长{PERF}呼吁有关各方保持克制，尽快恢复和谈
        {FMINISTRY}发言人{PERF}{time}否认了这一说法
        {PARTY}领导人{PERF}{time}说，该党愿意参加在{FCITY}举行的谈判
        {PARTY}在{date}举行的选举中获得{num}个席位
        {REPUBLIC}官方{time}宣布，{PERF}以{pct}的得票率当选总统
        {FORCOUNTRY}前国防部长{PERF}宣布退出{FPARTY}
        {FORCOUNTRY}{FTOWN}{time}发生里氏{magnitude}级地震
        {FORCOUNTRY}政府说，{disaster}已使{FTOWN}附近{num}人无家可归
        {FMINISTRY}{time}宣布，前部长{PERF}已被免职
        {FCITY}警方在{FSTREET}附近的一家旅馆搜出大量毒品
        {FMINISTRY}说，反政府武装{time}向{FTOWN}发射了{n}枚火箭弹
        {PARTY}的支持者同军警在{FRIVER}两岸对峙
        {INTL}观察团{time}进驻{FTOWN}
        {FORCOUNTRY}国防部长{PERF}{time}视察了驻{FTOWN}的部队
        反政府武装{time}袭击了{FTOWN}郊外的兵营
        一架从{FCITY}飞往{FCITY}的客机{time}在{FREGION}上空失踪
        {INTL}决定向{FORCOUNTRY}提供{num}万美元的紧急援助
        数千名工人{time}在{FCITY}举行示威，抗议{FCOMPANY}裁员
        {FREGION}多国首脑{time}聚会{FCITY}
    """),
    "politics": _lines("""
        {GOV}{time}召开会议，部署下半年的工作
        {official}{time}{said}，要进一步减轻农民负担
        {MINISTRY}{time}发出通知，要求各地认真做好{festival}期间的安全工作
        {PERCN}同志{time}到{place}考察工作
        {MINISTRY}发言人{PERCN}{time}说，{quote}
        {MINISTRY}决定，任命{PERCN}为信息中心主任
        {PARTYCOM}副书记{PERCN}一行来到{village}，看望困难群众
        出席座谈会的有{names}等
        {GOV}和{GOV}{time}签订了对口支援协议
        {ASSOC}代表大会{time}在{CITY}召开，{PERCN}当选为会长
        {MINISTRY}、{MINISTRY}和{MINISTRY}联合召开电视电话会议
        {PROVINCE}代表{PERM}在发言中说，要加快民族地区的发展
        {SURNAME}书记带头住进了{VILLAGE}
        {law}实施以来，{MARKET}加强了执法检查
        来自{cities}的代表参加了讨论
        {PERCN}、{PERCN}{time}分别会见了来自{PROVINCE}的基层干部
    """),
    "economy": _lines("""
        {body}今年上半年实现利润{money}，比去年同期增长{pct}
        {boss}{time}{said}，公司将在{CITY}投资{money}建设新厂
        {COMPANY}（股票代码{code}）{time}发布公告，拟每１０股派现金{few}元
        {BANK}{time}与{COMPANY}签署了总额{money}的贷款协议
        据{MINISTRY}统计，去年全国{goods}出口达{num}万吨
        {FCOMPANY}与{MAKER}合资兴建的{device}生产线{time}在{CITY}投产
        {CITY}今年{index}预计增长{rate}
        {where}的{goods}价格连续{n}个月上涨
        {FACTORY}依靠技术改造，{n}年扭亏为盈
        {COMPANY}和{FCOMPANY}{time}宣布合并
        {MAKER}生产的{device}远销{COUNTRY}、{COUNTRY}和{FREGION}
        {LATINCO}推出的新型{device}{time}在{CITY}上市
        {scholar}{said}，{INTL}的新规则将给出口企业带来影响
        {COMPANY}的{SURNAME}先生正在和{FORCOUNTRY}客商谈一笔生意
        {SP}{SP}两地的商人带来了{localgoods}等名优产品
        {COMPANY}、{COMPANY}等{n}家企业{time}在{CITY}联合举办招聘会
        {BANK}今年累计发放贷款{money}
    """),
    "football": _lines("""
        在{time}结束的{league}中，{CLUB}以{score}战胜{CLUB}
        {STEAM}主教练{PERANY}对队员的表现非常满意
        {CLUB}{PERCN}第{minute}分钟接队友传球，头球破门
        {NTEAM}今晚将在{CITY}迎战{NTEAM}
        {CLUB}外援{PERF}因伤不能出场
        {CLUB}与{CLUB}{time}战成{draw}平
        {CLUB}{time}宣布，{PERF}将出任主教练
        {league}{time}继续进行，{CLUB}客场不敌{CLUB}
        {NTEAM}以{score}击败{NTEAM}，获得小组第一
    """),
    "athletics": _lines("""
        {athlete}在{event}比赛中以{seconds}的成绩夺得冠军
        {match}{time}在{STADIUM}开幕，来自{COUNTRY}、{COUNTRY}等{small}个国家的选手参加了比赛
        {FORCOUNTRY}老将{PERF}{time}宣布退役
        {SPORTINTL}{time}宣布，{nextyear}的世界锦标赛将在{FCITY}举行
        在{duel}决赛中，{athlete}战胜{athlete}
        {PERCN}／{PERCN}在{pair}半决赛中以{score}淘汰{PERJ}／{PERJ}
        {PROVINCE}姑娘{PERCN}打破了{event}的全国纪录
        第{n}届运动会的圣火{time}在{MOUNT}点燃
        {JCITY}选手{PERJ}在{event}比赛中名列第{n}
        来自{COUNTY}的小将{PERCN}年仅{teen}岁
        {PERCN}、{PERF}双双进入{event}决赛
    """),
    "books": _lines("""
        {PERCN}的{book}{work}{time}由{PRESS}出版
        {FORCOUNTRY}作家{PERF}的{book}{work}中文版{time}面世
        {scholar}主编的{book}{work}获得好评
        {PRESS}{time}在{CITY}举行{book}{work}首发式
        {PAPER}副刊发表了{PERCN}的散文{work}
        {FORCOUNTRY}诗人{PERF}{time}在{FTOWN}病逝，享年{age}岁
        {PERCN}和{PERCN}合著的{book}{work}最近再版
        {book}{work}的作者{PERCN}是{FACTORY}的工人
    """),
    "stage": _lines("""
        {TROUPE}{time}在{CITY}演出了{drama}{work}
        由{PERCN}执导、{PERCN}主演的{play}{work}将于{festival}期间与观众见面
        {TROUPE}应邀赴{COUNTRY}、{COUNTRY}演出{n}场
        {MEDIA}{time}开始播出{play}{work}
        女高音歌唱家{PERCN}在音乐会上演唱了{work}
        {TROUPE}的青年演员{PERCN}在{drama}{work}中担任主角
        {FORCOUNTRY}钢琴家{PERF}与{TROUPE}{time}同台演出
    """),
    "heritage": _lines("""
        著名画家{PERCN}{time}在{CITY}举办画展
        考古人员在{place}发现一座古墓
        {PERCN}从小喜爱书法，作品被{COUNTRY}、{COUNTRY}等国友人收藏
        {SCENIC}和{SCENIC}{time}免费向中小学生开放
        {ASSOC}会员{PERM}捐出了珍藏多年的{num}件唐卡
        {INST}专家{PERCN}认为，{SCENIC}的壁画急需保护
    """),
    "science": _lines("""
        {INST}的科学家{time}宣布，他们研制成功新型{tech}
        {scholar}领导的课题组在{tech}研究方面取得突破
        {FORCOUNTRY}科学家{PERF}发现了一种治疗{disease}的新方法
        {INST}与{COMPANY}共同开发的{tech}通过鉴定
        院士{PERCN}长期从事{tech}研究
        {LATINCO}{time}在{FCITY}展示了{tech}
        科学考察队{time}从{PORT}出发，前往{FREGION}
        {UNIV}{time}成立了{tech}实验室，{PERCN}教授任主任
        {PERF}教授和他的助手{PERF}在{FCITY}公布了研究结果
        {COUNTRY}计划于{nextyear}发射一颗气象卫星
        {UNIV}{PERCN}等人在{RIVER}源头采集了{num}份水样
        {year}诺贝尔化学奖授予{FORCOUNTRY}科学家{PERF}
    """),
    "weather": _lines("""
        受强冷空气影响，{where}{time}气温骤降{few}度
        {CITY}{forecast}；{CITY}{forecast}；{CITY}{forecast}
        今年第{n}号台风{time}在{PROVINCE}{COUNTY}沿海登陆
        {WEATHERORG}预计，未来三天{RIVER}中下游有大到暴雨
        {where}{time}普降大雪，最低气温降至零下{few}度
        {SP}、{SP}一带今天夜间有大雾
        {CREGION}大部、{PROVINCE}南部和{PROVINCE}北部将有{mild_sky}天气
        {CITY}今年的第一场雪比往年来得早
        {CITY}{forecast}
        {LAKE}水面结冰，厚度达{few}厘米
        {WEATHERORG}{time}发布大风警报
    """),
    "disaster": _lines("""
        {place}{time}遭受{disaster}袭击，造成{few}人死亡，{num}人受伤
        {disaster}发生后，{GOV}立即组织群众转移
        {ARMY}官兵连夜奔赴{COUNTY}抗洪抢险
        {VILLAGE}村民{PERCN}家的房屋被{disaster}冲毁
        一艘满载{goods}的货轮{time}在{PORT}附近沉没
        {RIVER}决口，{TOWN}的{num}户居民被洪水围困
        {ARMY}{soldier}{PERCN}在搜救中连续工作{n}个小时
        {PLANT}{time}发生爆炸，{PERCN}等{n}人受伤
        {RIVER}水位{time}上涨到{small}米，{COUNTY}、{COUNTY}告急
    """),
    "crime": _lines("""
        {COURT}{time}对被告人{PERCN}受贿一案作出一审判决
        {POLICE}{time}破获一起特大走私案，抓获犯罪嫌疑人{small}名
        犯罪嫌疑人{PERCN}在{place}落网
        {POLICE}民警{PERCN}在{STREET}巡逻时抓获一名盗窃嫌疑人
        被告人{PERCN}、{PERCN}骗取{BANK}贷款{sum}
        {POLICE}根据群众举报，在{village}捣毁一个制假窝点
    """),
    "dispute": _lines("""
        {COURT}受理了{PERCN}诉{COMPANY}侵犯著作权一案
        {COMPANY}因违反{law}被{MARKET}罚款{sum}
        {PERCN}律师{said}，根据{law}的规定，厂方应当赔偿
        {COURT}法官{PERCN}耐心细致地做调解工作
        {CITY}消费者{PERCN}购买的{device}质量不合格，要求{MAKER}退货
        {ASSOC}{time}收到关于{MAKER}的投诉{num}件
    """),
    "education": _lines("""
        {SCHOOL}{time}举行建校{n}周年庆祝活动
        {UNIV}今年计划招收{num}名新生，比去年增加{pct}
        {PERCN}考入{UNIV}{subject}专业
        {SCHOOL}教师{PERCN}把{num}元奖金捐给了贫困学生
        {COMPANY}在{UNIV}设立奖学金
        {PERCN}在{village}小学教了{n}年书
        {UNIV}附近的书店里，{subject}类图书最受欢迎
        {UNIV}与{FORUNIV}签订了交流协议
        {SCHOOL}学生{PERCN}、{PERCN}在{subject}竞赛中获得一等奖
        {EDUBUREAU}要求各中小学减轻学生的课业负担
        {PERF}是{FORUNIV}的{subject}教授
        毕业于{UNIV}的{PERCN}回到家乡{COUNTY}办起了夜校
        {PERM}是{COUNTY}第一个考上{UNIV}的牧民子弟
    """),
    "health": _lines("""
        {HOSPITAL}{time}成功地为一名{youth}岁女孩做了心脏手术
        {HOSPITAL}专家{PERCN}{said}，预防{disease}要从小做起
        {HOSPITAL}医疗队来到{village}，为群众义务看病
        患者{PERCN}在{HOSPITAL}做了{exam}检查
        {HEALTHORG}{time}通报，{CITY}新增{disease}病例{small}例
        {PHARMA}研制的治疗{disease}的新药获准上市
        {HOSPITAL}护士长{PERCN}连续{n}个春节在病房度过
        {HEALTHORG}说，{COUNTY}的{disease}疫情已得到控制
        {DISTRICT}的居民{SURNAME}大妈说，现在看病方便多了
        {PERCN}大夫和{SURNAME}护士一夜没有合眼
        {HOSPITAL}{PERCN}医生提醒，{festival}期间不要暴饮暴食
    """),
    "farming": _lines("""
        {village}农民{PERCN}靠种{crop}走上了富裕路
        {COUNTY}今年种植{crop}{num}亩，户均增收{num}元
        {PERCN}承包了{MOUNT}脚下的{num}亩荒山
        {TOWN}的{crop}运往{cities}等地
        {FARMINST}的技术员{PERCN}来到{TOWN}，讲授{crop}栽培技术
        {FARMINST}从{COUNTRY}引进优质{crop}品种
        牧民{PERM}一家赶着羊群来到{RIVER}边
        {COUNTY}农民{PERCN}、{PERCN}合伙买了一台收割机
        今年{SP}{SP}两地的{crop}获得丰收
        {VILLAGE}支书{PERCN}带领乡亲们修了一条{small}公里长的路
        {TOWN}信用社向{VILLAGE}发放贷款{sum}
        {FACTORY}在{village}办起了分厂
    """),
    "roads": _lines("""
        {SP}{SP}高速公路{time}全线贯通
        {STREET}从{date}起禁止货车通行
        {BUILDER}承建的{BRIDGE}{time}竣工通车
        {PORT}扩建以后，年吞吐量可达{num}万吨
        {SP}{SP}、{SP}{SP}两条铁路在这里交会
        {ROADBUREAU}{time}封闭了{STREET}，对路面进行维修
        连接{COUNTY}和{COUNTY}的公路{time}动工
    """),
    "journeys": _lines("""
        {CITY}至{CITY}的旅客列车{time}提速
        {CITY}开通了到{FCITY}的直达航线
        从{CITY}出发，经{COUNTY}、{TOWN}到{CITY}，全程{num}公里
        {CITY}居民{PERCN}乘坐的班车在{BRIDGE}上抛锚
        一辆满载{goods}的卡车在{STREET}与{STREET}交叉口翻倒
        {PERCN}从{CITY}坐火车到{CITY}打工
    """),
    "military": _lines("""
        {ARMY}{time}在{CREGION}举行演习
        {ARMY}{soldier}{PERCN}荣立二等功
        {PERCN}、{PERCN}等{n}名{soldier}被授予荣誉称号
        {ARMY}坚持为驻地{VILLAGE}的孤寡老人送水送粮
        {PERCN}将军回忆起当年强渡{RIVER}的情景
        {ARMY}和{ARMY}开展了岗位练兵活动
        {soldier}{PERCN}来自{PROVINCE}{COUNTY}
    """),
    "obituary": _lines("""
        {PERCN}同志因病医治无效，于{date}在{CITY}逝世，享年{age}岁
        著名作家{PERCN}{time}在{CITY}去世，终年{age}岁
        原{MINISTRY}顾问{PERCN}同志遗体告别仪式{time}在{CITY}举行
        {PERCN}（{lifetime}），{PROVINCE}{COUNTY}人，{UNIV}教授
        {PERCN}是{PROVINCE}{COUNTY}人，{year}参加工作
        {ARMY}原副政委{PERCN}同志的骨灰{time}撒入{RIVER}
        {UNIV}退休教师{PERCN}因病去世
    """),
    "people": _lines("""
        {who}每天清晨都到{PARK}散步
        {PERCN}被评为{work_honour}
        {PERCN}今年{age}岁，家住{CITY}{STREET}{small}号
        {CITY}青年{PERCN}骑自行车走遍了{PROVINCE}、{PROVINCE}和{PROVINCE}
        {PERCN}对{PERCN}说：“{quote}”
        “{quote}。”{who}{spoke}
        {SURNAME}老师和{SURNAME}校长是多年的同事
        {COUNTRY}留学生{PERANY}在{CITY}学习{subject}
        {PERCN}、{PERCN}夫妇把攒下的{num}元寄给了{SCHOOL}
        在{STREET}开饭馆的{PERCN}是{PROVINCE}人
        {PERM}和{PERCN}是一对好朋友
        {who}用手机拨通了报社的热线电话
        {PERCN}的父亲{PERCN}是{FACTORY}的老工人
        {JCITY}市民{PERJ}第{n}次来到{PARK}植树
        {TOWN}邮递员{PERCN}每天要走{few}公里山路
        {PERCN}为抢救落水儿童献出了年轻的生命
        {UNIV}毕业生{PERCN}放弃高薪，回乡办厂
    """),
    "travel": _lines("""
        {MOUNT}、{LAKE}和{SCENIC}是{PROVINCE}著名的风景区
        {RIVER}发源于{MOUNT}，流经{PROVINCE}、{PROVINCE}，全长{num}公里
        {CITY}{time}接待游客{num}万人次
        登上{MOUNT}，{CITY}的夜景尽收眼底
        {COUNTRY}游客{PERANY}在{LAKE}边拍照留念
        {TOWN}位于{RIVER}南岸，距{CITY}{small}公里
        {MOUNT}以北、{RIVER}以南的草原风光吸引了许多游人
        {TRAVELCO}推出{cities}七日游
        从{SCENIC}乘车向西，半小时就到{LAKE}
        {COUNTY}的{food}很受游客欢迎
        {SCENIC}附近开起了{n}家{localfood}专卖店
    """),
    "environment": _lines("""
        {RIVER}流域的污染状况引起{GOV}的高度重视
        {PLANT}把废水直接排入{RIVER}，被{ECOBUREAU}责令停产
        {INTL}和{MINISTRY}{time}在{CITY}举办环保论坛
        {LAKE}的水质比{year}有了明显改善
        {CITY}城区空气质量达到二级标准的天数增加{small}天
        {ASSOC}志愿者{PERCN}、{PERF}在{MOUNT}种下了{num}棵树
        {PROVINCE}{COUNTY}建起了{num}公里长的防护林
        {scholar}{said}，{CREGION}的沙漠化趋势尚未得到遏制
        护林员{PERCN}在{MOUNT}守了{n}年
    """),
}

FOLLOWS: dict[str, tuple[str, ...]] = {
    "diplomacy": _lines("""
        双方就共同关心的国际和地区问题交换了意见
        会谈是在友好、坦率的气氛中进行的
        {FORCOUNTRY}驻{FORCOUNTRY}大使{PERF}参加了有关活动
        国防部长{PERF}等也参加了会见
        {SC}方对此表示欢迎
        {INTL}认为，这对维护{FREGION}的和平与稳定具有重要意义
        {PERF}一行还将前往{CITY}、{CITY}参观
        {SC}{SC}两国的报纸都作了报道
    """),
    "world": _lines("""
        {FMINISTRY}尚未对此作出反应
        {INTL}对此表示关注
        {FCITY}的局势目前已趋于平静
        {COUNTRY}和{COUNTRY}派出了观察员
        {PERF}{time}在{FCITY}对此发表评论
        {FAGENCY}援引目击者的话说，街上行人稀少
        {FORCOUNTRY}外长{PERF}取消了原定的访问
        当地报纸认为，形势依然严峻
    """),
    "politics": _lines("""
        {PERCN}主持了会议
        {names}等参加了活动
        会议听取了各方面的意见
        {MINISTRY}的有关负责人也在场
        这一做法受到{CITY}群众的欢迎
        {PERCN}在讲话中指出，{quote}
        {PARTYCOM}、{GOV}对此十分重视
    """),
    "economy": _lines("""
        业内人士认为，价格短期内不会有大的变化
        这是{CITY}经济结构调整的又一成果
        {boss}对前景表示乐观
        其中{COUNTRY}、{COUNTRY}两国的订货占{pct}
        {COMPANY}的股价当天上涨{pct}，收于{small}元
        同期{index}上升{rate}
        {scholar}认为，这一势头还会继续
        {CITY}、{CITY}等地的情况也大致相同
    """),
    "football": _lines("""
        数千名观众冒雨观看了比赛
        这是{CLUB}本赛季的第{n}场胜利
        裁判{PERF}出示了{n}张黄牌
        上半场的比分是{score}
        下一轮比赛将于{date}在{CITY}进行
        队长{PERCN}赛后说，{quote}
        {PERCN}和{PERF}没有上场
    """),
    "athletics": _lines("""
        {athlete}获得第二名
        银牌和铜牌分别被{PERF}和{PERCN}夺得
        {PERCN}是{TRAINER}培养出来的
        {PAPER}记者{PERCN}现场采访了这次比赛
        比赛将于{date}结束
        教练{PERCN}激动得说不出话来
    """),
    "books": _lines("""
        {scholar}为该书作序
        全书共{num}万字
        {names}等参加了座谈
        书中写的是{year}发生在{CITY}的故事
        {PAPER}、{MEDIA}对此作了介绍
        {PERF}已把它译成外文
    """),
    "stage": _lines("""
        受到{CITY}观众的热烈欢迎
        {PAPER}、{MEDIA}对此作了报道
        主角由青年演员{PERCN}扮演
        故事发生在{year}的{CITY}
        {names}等观看了演出
        {PERCN}的表演给人留下了深刻印象
    """),
    "heritage": _lines("""
        {MEDIA}对此作了报道
        {scholar}{time}专程前来参观
        {BUREAU}已采取保护措施
        {PERCN}等{n}位专家进行了鉴定
        许多市民闻讯赶来
    """),
    "science": _lines("""
        这项成果填补了国内空白
        {INST}的{PERCN}参加了这项工作
        有关论文发表在最近一期《{noun}》杂志上
        {scholar}给予了高度评价
        {FORCOUNTRY}、{FORCOUNTRY}的同行也在进行类似的研究
        {COMPANY}为此提供了经费
    """),
    "weather": _lines("""
        {WEATHERORG}提醒人们注意防寒保暖
        {CITY}的部分航班因此延误
        {cities}等地也有小到中雨
        这种天气还将持续{n}天
        {RIVER}沿岸的群众已做好准备
        出门应该带好雨具
    """),
    "disaster": _lines("""
        {POLICE}正在调查原因
        直接经济损失达{sum}
        {PERCN}等{n}名伤员已被送往{HOSPITAL}
        {ASSOC}向灾区捐款{sum}
        {ARMY}派出{num}名官兵参加救援
        目前群众情绪稳定
        {GOV}已拨出专款{sum}
    """),
    "crime": _lines("""
        此案正在进一步审理之中
        主犯{PERCN}被判处有期徒刑{n}年
        {PERCN}不服，向{COURT}提出上诉
        涉案金额达{sum}
        {PERCN}的辩护律师是{PERCN}
        群众无不拍手称快
    """),
    "dispute": _lines("""
        {COMPANY}对此未作解释
        {PAPER}、{MEDIA}先后作了报道
        {SURNAME}先生对这一结果表示满意
        {ASSOC}秘书长{PERCN}表示支持
        此事引起了{CITY}市民的关注
    """),
    "education": _lines("""
        {scholar}应邀作了报告
        学生来自{cities}等地
        校长{PERCN}{spoke}：“{quote}”
        {COMPANY}为此捐赠了{num}台电脑
        {PAPER}以《{noun}》为题作了报道
        {SURNAME}老师高兴得流下了眼泪
    """),
    "health": _lines("""
        {PERCN}的家属送来了锦旗
        {UNIV}的专家{PERCN}给予了指导
        有关费用由{COMPANY}承担
        {PERCN}主任说，这种病在{CREGION}比较常见
        {MEDIA}对此作了报道
        许多病人从{CITY}、{CITY}慕名而来
    """),
    "farming": _lines("""
        年收入超过{num}元
        {PERCN}高兴得合不拢嘴
        {FARMBUREAU}为农户提供了良种和技术
        {GOV}为此投入{sum}
        这里还引来了{CITY}、{CITY}的客商
        如今村里家家用上了{device}
    """),
    "roads": _lines("""
        这对加快{PROVINCE}的经济发展将起重要作用
        工程总投资{money}
        {STREET}一带的交通状况大为改善
        {ROADBUREAU}{said}，工程质量达到优良标准
        {ARMY}参加了施工
        总工程师{PERCN}三年没有回过家
    """),
    "journeys": _lines("""
        全程只需{n}个小时
        {ROADBUREAU}{said}，票价暂不调整
        乘客{PERCN}{said}，现在回家方便多了
        {STREET}一带的交通中断了{n}个小时
        同车的还有{CITY}的{PERCN}
        司机{PERCN}是{PROVINCE}人
    """),
    "military": _lines("""
        {PERCN}政委到车站迎接
        {ARMY}为此召开了表彰大会
        {PAPER}以《{noun}》为题报道了他们的事迹
        {names}等首长接见了他们
        {VILLAGE}的群众敲锣打鼓前来祝贺
    """),
    "obituary": _lines("""
        {PERCN}、{PERCN}、{PERCN}等送了花圈
        生前曾任{MINISTRY}处长
        {year}毕业于{UNIV}
        遵照他的遗愿，丧事从简
        骨灰安放在{CITY}
        他是{ASSOC}的发起人之一
    """),
    "people": _lines("""
        邻居{PERCN}{spoke}：“{quote}”
        从此，{VILLAGE}的人们都认识了他
        {PAPER}记者{PERCN}采访了他
        {PERCN}还把{num}元捐给了{ASSOC}
        这一干就是{n}年
        乡亲们常常说起这件事
    """),
    "travel": _lines("""
        每年吸引{COUNTRY}、{COUNTRY}等国的大批游客
        门票每张{small}元
        这里出售的{localfood}味道鲜美
        游人可以从{CITY}或者{CITY}乘车前往
        {TOWN}的{PERCN}办起了家庭旅馆
        真是一个休养的好地方
    """),
    "environment": _lines("""
        {INST}为此提出了{n}条建议
        {GOV}投资{money}进行治理
        {MEDIA}报道了这一消息
        {PERCN}等代表为此提交了议案
        当地的鸟类已增加到{num}种
        {RIVER}两岸重新披上了绿装
    """),
}

# Whole sentences of other shapes, with their own end: questions, captions, lists, letters,
# by-lines, headlines, very short ones.
WHOLE: tuple[str, ...] = _lines("""
    图为{PERCN}在{VILLAGE}指导村民种植{crop}。{PERCN}摄
    图为{STEAM}队员庆祝胜利。（{CAGENCY}发）
    左图：{PERCN}和学生在一起。{PERCN}摄（{CAGENCY}发）
    上图：{time}，{CITY}市民在{STREET}挑选年货。本报记者{PERCN}摄
    {PERF}在{FCITY}向支持者挥手致意。（{FAGENCY}照片）
    本报记者{PERCN}
    本报记者{PERCN}{PERCN}
    本报通讯员{PERCN}本报记者{PERCN}
    （{PERCN}）
    （{CITY}{PERCN}）
    （{PROVINCE}{COUNTY}{PERCN}）
    （记者{PERCN}）
    （摘自{date}《{PAPER}》）
    （作者为{UNIV}教授）
    {PERCN}？
    {PERCN}！
    {CITY}。
    {PERCN}：好。
    {SURNAME}老师说：“是。”
    {CITY}{mild_sky}。
    编辑同志：我是{place}的一名小学教师，最近听说{hearsay}，不知是否如此？{PERCN}
    编辑同志：我们是{VILLAGE}的村民，{COMPANY}拖欠货款{sum}已有{n}年，请帮助呼吁。
    {PERCN}同志：来信收到。你提出的问题已转{BUREAU}处理。
    {CITY}读者{PERCN}问：{law}什么时候开始施行？
    {PERCN}是谁？他为什么放弃{COMPANY}的高薪，一个人来到{village}？
    {SC}{SC}关系向何处去？
    {STEAM}还能重振雄风吗？
    谁来保护{RIVER}？
    {PERCN}在哪里？{PERCN}又在哪里？
    记者：请问{SURNAME}教授，{acronym}是什么意思？
    {SURNAME}教授：简单地说，{quote}。
    问：{COUNTRY}对{COUNTRY}的立场有何评论？答：我们希望有关方面通过谈判解决争端。
    {event}：１．{PERCN}（{PROVINCE}），{seconds}；２．{PERCN}（{PROVINCE}），{seconds}；３．{PERM}（{PROVINCE}）
    {event}：１．{PERF}（{FORCOUNTRY}）；２．{PERF}（{FORCOUNTRY}）；３．{PERJ}（{JCITY}）
    {NTEAM}—{NTEAM}{score}；{NTEAM}—{NTEAM}{score}
    本届比赛分为两个小组，甲组：{CLUB}、{CLUB}、{CLUB}；乙组：{CLUB}、{CLUB}、{CLUB}。
    参加评选的单位有：{COMPANY}、{FACTORY}、{UNIV}、{HOSPITAL}和{SCHOOL}。
    获奖名单如下：一等奖{PERCN}；二等奖{PERCN}、{PERCN}；三等奖{PERCN}、{PERCN}、{PERCN}。
    治丧委员会由{PERCN}、{PERCN}、{PERCN}、{PERCN}、{PERCN}等组成。
    主任：{PERCN}；副主任：{PERCN}、{PERCN}；委员：{PERCN}、{PERCN}、{PERM}、{PERCN}。
    理事单位：{UNIV}、{INST}、{COMPANY}、{PAPER}
    {COMPANY}招聘启事：因业务发展需要，诚聘{language}翻译{n}名，有意者请与{SURNAME}小姐联系。
    地址：{CITY}{STREET}{small}号，联系人：{PERCN}，电话：{phone}
    邮编：{code}，收款单位：{ASSOC}，开户银行：{BANK}
    {PRESS}出版，定价{small}元
    {PERCN}著，{PRESS}{year}版
    责任编辑{PERCN}
    ●{COMPANY}召开股东大会
    ■{PERCN}
    {PERCN}与{PERCN}
    {CITY}：万人空巷看{TROUPE}
    {SC}{SC}将举行第{n}轮磋商
    {FCITY}发生爆炸事件
    {CLUB}{score}{CLUB}
    {INTL}举行紧急会议
    {MEDIA}：{play}{work}；{MEDIA}：{match}（录像）
    “{PERF}先生，欢迎您到{CITY}来！”
    “{PERCN}，{quote}！”
    “张开嘴，别怕，”{SURNAME}大夫说。
    {PERCN}连声说：“谢谢{SURNAME}大夫！谢谢{HOSPITAL}！”
    一个声音问：“{quote}，是不是？”{who}点点头。
    {SP}、{SP}、{SP}三地的代表先后发言。
    {SC}、{SC}、{SC}三国的专家参加了讨论。
    访{HOST}期间，{PERF}一行还将游览{SCENIC}。
    在{SC}留学的{PERCN}给母亲写了一封信。
    {COUNTRY}今年进口{crop}约{num}万吨。
    {CITY}（记者{PERCN}）——{where}的{goods}又降价了。
    一是{GOV}重视，二是{BUREAU}配合，三是群众支持。
    这里面既有{UNIV}的大学生，也有{FACTORY}的下岗工人。
    {PERCN}来了，{PERCN}来了，{PERM}也来了。
    无论是{CITY}还是{CITY}，无论是{STREET}还是{STREET}，到处是节日的景象。
    {ABBR}和{ABBR}的专家{time}在{CITY}座谈。
    {ABBR}{time}公布了最新的调查结果。
    他先后在{ABBR}、{UNIV}工作，{year}调到{INST}。
    {PERCN}原名{PERCN}，{PROVINCE}{COUNTY}人，生于{year}。
    不是{PERCN}不想走，而是{HOSPITAL}离不开他。
    {COUNTRY}人喜欢喝茶，{COUNTRY}人喜欢喝咖啡。
    邮局对面那幢灰楼里，{PERCN}已经住了{n}年。
    {PERCN}叫住{PERCN}，指着墙上的{CITY}地图问：“{COUNTY}在哪里？”
    {COUNTY}，{COUNTY}，还有{COUNTY}，他都去过。
    记者在{STREET}看到，{COMPANY}的门口停满了{device}运输车。
    这里离{CITY}不远，离{CITY}也不远，人们却说{PROVINCE}话。
    {SURNAME}、{SURNAME}两位老师傅是{FACTORY}的技术骨干。
""")

# Sentences without any entity, by subject: look-alikes of names, laws, festivals, products.
PLAIN_LEADS: dict[str, tuple[str, ...]] = {
    "trade": _lines("""
        {festival}快到了，商店里的{goods}格外好卖
        {festival}期间，{goods}和{device}的销量增长{pct}
        黄金价格{time}小幅上扬，每克{small}元
        石油和天然气的价格连续{n}周下跌
        {localfood}和{localfood}是人们喜爱的特产
        今年的{localfood}每斤只卖{small}元
        海关的统计数字表明，{goods}进口增加{pct}
        银行的利率下调{decimal}个百分点
        买一台{gadget}要花{price}元
        {tech}已经走进千家万户
        做一次{exam}检查大约需要{small}元
        {index}增长{rate}，这是很不容易的
        这家公司的产品质量有了很大提高
        这个公司的总部设在国外，分公司遍布全国
        消费者反映，部分{goods}存在质量问题
        第{n}届技术交易会成交额达{money}
        乡镇企业要走联合的道路
        {language}翻译一时成了热门职业
    """),
    "policy": _lines("""
        从{date}起，{law}正式施行
        根据{law}的有关规定，经营者应当向消费者赔礼道歉
        {law}自{date}起施行
        有关部门正在研究解决办法
        各级政府要切实加强领导，严肃查处各种违法行为
        大学毕业生到基层去，是一件大好事
        任何单位和个人都不得侵占集体财产
        林业、水利和农业部门都来了人
        安全生产，人人有责
        和平与发展是时代的主题
        医院、学校和工厂的代表参加了座谈
        记者{time}获悉，今年春运将加开列车{small}列
        市政府决定拿出{money}为群众办{n}件实事
        省委书记和省长一起看望了环卫工人
        我校计划招收{subject}教师{n}名
        学好{subject}和{subject}，对工作很有帮助
        关于这个问题，连专家也说不清楚
        常常有人问：这笔钱到底从哪里来
        总经理和厂长都在现场
        教授说，先生们，女士们，请安静
    """),
    "scene": _lines("""
        孩子们高兴得跳了起来，马上张开双臂向前跑去
        周末，许多人带着孩子到郊外去看梅花
        白天晴，夜间多云，气温{few}度左右
        {small}路公共汽车的司机和乘客都惊呆了
        江面上白茫茫一片，什么也看不清
        山村的路上，牛羊成群，一片安宁的景象
        他每天早晨听{n}分钟{subject}广播
        城市的夜晚，灯火通明
        时间过得真快，一转眼{n}年过去了
        万一下起雷雨，路就更难走了
        司机师傅掏出钱包，里面只有{small}元
        北方的冬天漫长而寒冷
        古老的县城东门外，有一座石桥
        老人说，童年的记忆像丁香一样清新
        英雄的母亲流下了热泪
        法院的门前，种着{n}棵白杨
        川菜馆和粤菜馆一家挨着一家
        他把毛巾浸了水，轻轻敷在病人的额头上
        包子、汤圆和牛奶摆满了桌子
        洪水退去以后，人们忙着计算损失
        中心小学的孩子们种下了{num}棵小树
        路边的广告牌上写着“严禁烟火”
        一块石碑立在田野中间，字迹已经模糊
    """),
    "leisure": _lines("""
        {book}{work}深受读者喜爱
        {play}{work}和{play}{work}同时获奖
        京剧和越剧都是人民群众喜爱的艺术
        女子单打和男子双打的决赛都在下午进行
        一支来自国外的足球队参加了比赛
        {match}的门票{time}开始发售
        考试分为笔试和面试，满分为{small}分
        日程已经排满，美中不足的是天气不好
        {event}的金牌被东道主选手夺走
        唱完{work}，全场响起热烈的掌声
    """),
}

PLAIN_ENDS: dict[str, tuple[str, ...]] = {
    "trade": _lines("""
        这是一个可喜的变化
        比去年同期提高了{few}个百分点
        占总数的{pct}
        许多厂家叫苦不迭
        何时能够好转，还是一个未知数
        影响范围之广，实属少见
        水平之高，令人赞叹
    """),
    "policy": _lines("""
        有关方面应该认真对待
        群众对此反映强烈
        全面的检查将在{date}开始
        单位里的同事也有同感
        这一点应当引起高度重视
        意义重大，影响深远
        不少人表示，{quote}
    """),
    "scene": _lines("""
        谁也没有想到会是这样
        于是人们又忙碌起来
        许多人至今还记得当时的情景
        季节不同，景色也就不同
        大家都静静地看着
        左右的人都笑了
        时而有几声鸟叫从远处传来
    """),
    "leisure": _lines("""
        大家都说好
        谁也没有想到会是这样的结果
        不少人表示，{quote}
        成功的背后是辛苦
        这已经是第{n}回了
    """),
}

PLAIN_WHOLE: tuple[str, ...] = _lines("""
    好！
    完。
    下雨了。
    谁？
    为什么？
    （完）
    （待续）
    （下转第{small}版）
    （附图片{n}张）
    （上接第{small}版）
    不行。
    天亮了。
    高兴极了！
    马上来。
    谢谢大家！
    又是一年{festival}。
    怎么办？
    祝您{festival}快乐！
    编者按：{quote}。
    ●短讯
    {date}
    {year}{date}
    谁不说俺家乡好？
    “{quote}！”
    “{quote}。”他说。
    “{quote}，”老人{spoke}，“{quote}。”
    真的吗？
    请看{date}本版。
    本报今日十六版，广告热线{phone}
    {date}，农历初{n}
    {forecast}
    钱要花在刀刃上。
    方法对头，事情就成功了一半。
    {subject}？{subject}？还是{subject}？
    {gadget}：{price}元
    你要相信，{quote}，必须相信。
""")

# --- Frames of the test split only -------------------------------------------------------------

TEST_LEADS: dict[str, tuple[str, ...]] = {
    "diplomacy": _lines("""
        就{COUNTRY}局势问题，{INTL}{time}在{FCITY}举行磋商，{REPUBLIC}代表{PERF}作了发言
        {SC}{SC}双方商定，下一轮会谈改在{FCITY}举行
    """),
    "world": _lines("""
        刚刚卸任的{PREMIER}总理{PERF}在回忆录中谈到了他同{PERF}的交往
        连接{FTOWN}与{FTOWN}的公路被{PARTY}的支持者切断
    """),
    "politics": _lines("""
        记者从{MINISTRY}获悉，{PERCN}已不再担任{GOV}秘书长职务
        提起{SURNAME}县长，{VILLAGE}的百姓无不竖起大拇指
        {CITY}、{CITY}两市的干部{time}进行了对调，{PERCN}等{n}人已经到任
    """),
    "economy": _lines("""
        继{MAKER}之后，{MAKER}也将{device}降价{pct}
        在{BANK}门口排队的人群中，{SURNAME}先生手里拿着{num}元存折
        {boss}没有想到，销往{COUNTRY}的{goods}会被退回
    """),
    "football": _lines("""
        凭借{PERCN}的两个进球，{CLUB}在{CITY}客场逼平{CLUB}
    """),
    "athletics": _lines("""
        赛前不被看好的{athlete}连胜{n}局，爆出冷门
    """),
    "books": _lines("""
        读罢{PERCN}的{work}，眼前又浮现出{RIVER}两岸的炊烟
    """),
    "stage": _lines("""
        {TROUPE}的{PERCN}和{TROUPE}的{PERCN}同台献艺
    """),
    "heritage": _lines("""
        {SCENIC}的守护人{PERCN}又迎来了一批{COUNTRY}客人
    """),
    "crime": _lines("""
        庭审进行到一半，{PERCN}突然翻供，{COURT}只好休庭
    """),
    "roads": _lines("""
        有了{BRIDGE}，从{COUNTY}到{COUNTY}再也不用绕行{small}公里了
    """),
    "obituary": _lines("""
        噩耗传来，{CITY}的街头挤满了为{PERCN}送行的人
        巨星陨落，{PERCN}走完了{age}年的人生
    """),
    "science": _lines("""
        把遥感技术用于{RIVER}治理，是{INST}{PERCN}最早提出来的
        {tech}之所以贵，{scholar}解释，是因为{COUNTRY}垄断了原料
        {PERF}博士不久前离开{FCITY}，受聘于{UNIV}
    """),
    "weather": _lines("""
        记者从{STREET}走到{STREET}，积雪已有{few}厘米厚
        连日来，{PROVINCE}、{PROVINCE}旱情持续，{RIVER}几近断流
    """),
    "disaster": _lines("""
        灾情牵动着{PROVINCE}人民的心，{COMPANY}、{UNIV}等单位纷纷捐款
        {VILLAGE}的{PERCN}老人回忆说，那天夜里{RIVER}的水声像打雷
    """),
    "dispute": _lines("""
        原告{PERCN}与被告{COMPANY}在{COURT}达成和解
    """),
    "education": _lines("""
        {UNIV}的讲台上，{age}岁的{PERCN}教授依然声音洪亮
    """),
    "health": _lines("""
        经{HOSPITAL}确诊，{PERCN}所患的是{disease}
    """),
    "farming": _lines("""
        说起{TOWN}的{crop}，{PERCN}打开了话匣子
    """),
    "journeys": _lines("""
        火车过了{CITY}，车厢里只剩下{PERCN}和一位去{CITY}的旅客
    """),
    "military": _lines("""
        随着{soldier}{PERCN}一声令下，{ARMY}的车队驶出{COUNTY}
    """),
    "people": _lines("""
        很少有人知道，{STREET}的修鞋匠{PERCN}曾是{FACTORY}的技术能手
        当{PERCN}把{num}元交到{PERCN}手中时，在场的人都哭了
    """),
    "travel": _lines("""
        离{TOWN}不远，有一座无名小山，站在山顶可以望见{LAKE}
    """),
    "environment": _lines("""
        十年前，{PERCN}来到{LAKE}边，发现这里的天鹅一年比一年少
    """),
}

TEST_WHOLE: tuple[str, ...] = _lines("""
    {CITY}市民{PERCN}来电：{STREET}的路灯坏了{n}天，为何无人修理？
    {PERCN}与{PERCN}，一个在{CITY}，一个在{FCITY}，素不相识。
    谨向{ASSOC}、{PAPER}和{PERCN}同志表示感谢！
    {PERF}（{FORCOUNTRY}）对{PERF}（{FORCOUNTRY}），{score}
    从{UNIV}到{UNIV}，他走了{n}年。
    {COMPANY}·{COMPANY}·{FACTORY}联合主办
    别了，{CITY}！
    何谓“{SC}{SC}模式”？
    {PERCN}（右二）向{COUNTRY}客人介绍{localfood}的制作方法。{CAGENCY}记者{PERCN}摄
    本文作者{PERCN}系{INST}研究员
    {PERCN}答{PAPER}记者问
    “我叫{PERCN}，是{COUNTY}人。”
""")

TEST_PLAIN: tuple[str, ...] = _lines("""
    白天打工，夜里读书，他就这样坚持了{n}年。
    秋天的坡地金黄一片，农民们正忙着收割{crop}。
    何必马上下结论呢？时间会说明一切。
    方圆几十里的人都赶来看戏。
    {book}{work}为什么能够打动人？
    成千上万的候鸟从北方飞来，落在海边的石滩上。
    这些{localgoods}是谁买走的？
    单价、总价都写在合同里，双方签了字。
""")

# --- Long lists --------------------------------------------------------------------------------

LONG_LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "train": (
        ("第{n}届组织委员会委员名单（按姓氏笔画为序）：", "{PERCN}"),
        ("本届{match}获奖名单（排名不分先后）：", "{PERCN}（{UNIV}）"),
        ("以下单位和个人为灾区捐款捐物，特此致谢：", "{COMPANY}、{PERCN}（{CITY}）"),
    ),
    "val": (("第{n}届常务理事会理事名单（按姓氏笔画为序）：", "{PERCN}（{CITY}）"),),
    "test": (
        ("第{n}届评选委员会委员名单（排名不分先后）：", "{PERCN}（{UNIV}）、{PERCN}（{CITY}）"),
    ),
}
