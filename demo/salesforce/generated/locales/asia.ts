import { type Locale, words } from './locale.ts';

export const japan: Locale = {
  country: 'Japan',
  dial: '+81',
  language: 'Japanese',
  given: words('陽菜|Hina 健太|Kenta さくら|Sakura 大輔|Daisuke 美咲|Misaki 翔|Sho ユキ|Yuki 直樹|Naoki 葵|Aoi 蓮|Ren'),
  family: words(
    '佐藤|Sato 鈴木|Suzuki 髙橋|Takahashi 渡邊|Watanabe 山﨑|Yamazaki 伊藤|Ito 中村|Nakamura 小林|Kobayashi',
  ),
  streets: ['千代田1丁目', '銀座', '本町通り'],
  cities: [
    ['東京', '東京都', '100-####'],
    ['大阪市', '大阪府', '530-####'],
    ['札幌市', '北海道', '060-####'],
  ],
  companyEnds: ['株式会社', '有限会社'],
};

export const china: Locale = {
  country: 'China',
  dial: '+86',
  language: 'Chinese',
  given: words('伟|Wei 芳|Fang 秀英|Xiuying 娜|Na 敏|Min 静|Jing 磊|Lei 𠮷祥|Jixiang 洋|Yang 勇|Yong 艳|Yan 杰|Jie'),
  family: words('王|Wang 李|Li 张|Zhang 刘|Liu 陈|Chen 杨|Yang 黄|Huang 赵|Zhao 吴|Wu 欧阳|Ouyang'),
  streets: ['中山路', '人民大街', '南京东路'],
  cities: [
    ['北京', '北京市', '1000##'],
    ['上海', '上海市', '2000##'],
    ['乌鲁木齐', '新疆', '8300##'],
  ],
  companyEnds: ['有限公司', '股份有限公司'],
};

export const emirates: Locale = {
  country: 'United Arab Emirates',
  dial: '+971',
  language: 'Arabic',
  given: words(
    'محمد|Mohammed فاطمة|Fatima علي|Ali مريم|Maryam خالد|Khalid نورة|Noura يوسف|Yusuf ليلى|Layla سعيد|Saeed',
  ),
  family: words(
    'المنصوري|AlMansoori الهاشمي|AlHashimi بن_راشد|BinRashid الشامسي|AlShamsi حداد|Haddad النعيمي|AlNuaimi',
  ),
  streets: ['شارع الشيخ زايد', 'طريق الكورنيش', 'شارع المطار'],
  cities: [
    ['دبي', 'Dubai', '#####'],
    ['أبو ظبي', 'Abu Dhabi', '#####'],
    ['الشارقة', 'Sharjah', '#####'],
  ],
  companyEnds: ['ش.ذ.م.م', 'FZE', 'LLC'],
};

export const india: Locale = {
  country: 'India',
  dial: '+91',
  language: 'English',
  given: words('Aarav Diya Vihaan Ananya Rohan Meera Arjun Kavya Ishaan Priya Nikhil Sneha आरव|Aarav प्रिया|Priya'),
  family: words('Sharma Iyer Patel Reddy Gupta Nair Singh Das Mehta Rao शर्मा|Sharma पटेल|Patel'),
  streets: ['MG Road', 'Nehru Marg', 'Sector 21', 'Temple Street'],
  cities: [
    ['Mumbai', 'Maharashtra', '4000##'],
    ['Bengaluru', 'Karnataka', '5600##'],
    ['Kolkata', 'West Bengal', '7000##'],
  ],
  companyEnds: ['Pvt. Ltd.', 'Ltd.', '& Bros.'],
};

export const australia: Locale = {
  country: 'Australia',
  dial: '+61',
  language: 'English',
  given: words('Charlotte Jack Matilda Cooper Ruby Zac Sienna Lachlan Evie Kai Nguyet Bronte'),
  family: words("Wilson Nguyen O'Connor Campbell Hughes-Ward Tran Kelly Murphy Papadopoulos Zhang Marsh Quill"),
  streets: ['George Street', 'Victoria Parade', 'Ocean Drive', 'The Esplanade'],
  cities: [
    ['Sydney', 'NSW', '20##'],
    ['Perth', 'WA', '60##'],
    ['Adelaide', 'SA', '50##'],
    ['Hobart', 'TAS', '70##'],
  ],
  companyEnds: ['Pty Ltd', 'Ltd'],
};
