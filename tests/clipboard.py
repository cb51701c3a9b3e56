"""What Word and WPS put on the clipboard, in the form in which they do it, and pages of the web."""

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="file:///C:/Users/ADMINI~1/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- @font-face {font-family:宋体;} p.MsoNormal {mso-style-unhide:no; margin:0cm;} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt;text-justify-trim:punctuation'><!--StartFragment-->
<h1 style='text-indent:32.0pt'><span lang=EN-US style='font-family:黑体'>一、</span><b><span
style='font-family:黑体'>主要做法</span></b><b><span lang=EN-US><o:p></o:p></span></b></h1>
<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt'><b style='mso-bidi-font-weight:
normal'><span style='font-size:16.0pt;font-family:仿宋_GB2312'>党建引领</span></b><span style='font-size:16.0pt;
font-family:仿宋_GB2312'>，<st1:chsdate w:st="on" Year="2020" Month="11" Day="16">2020年11月16日</st1:chsdate>启动，<span
lang=EN-US>&nbsp;</span>覆盖<span style='color:red;background:yellow'>18</span>个社区。<span lang=EN-US><o:p></o:p></span></span></p>
<h2>（一）建组织</h2>
<p class=MsoListParagraph style='margin-left:21.0pt;text-indent:-21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='font-family:Wingdings;mso-list:Ignore'>l<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span>设河长</span><span lang=EN-US><o:p></o:p></span></p>
<p class=MsoListParagraph style='margin-left:42.0pt;text-indent:-21.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
lang=EN-US style='font-family:Wingdings'><span style='mso-list:Ignore'>n<span style='font:7.0pt "Times New Roman"'>&nbsp;
</span></span></span><![endif]><span>镇级河长</span></p>
<p class=MsoListParagraph style='margin-left:21.0pt;text-indent:-21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span></span><![endif]>设网格员</p>
<p class=MsoNormal><span style='mso-list:Ignore'></span><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span lang=EN-US><span style='mso-list:
Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>征集</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span lang=EN-US><span style='mso-list:
Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>公示</p>
<p class=MsoNormal>其间走访。</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span lang=EN-US><span style='mso-list:
Ignore'>3.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>公布</p>
<p class=MsoListParagraph style='mso-list:l2 level1 lfo3'><![if !supportLists]><span style='mso-list:Ignore'>（一）</span><![endif]>压实责任</p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;border:none'>
<thead><tr style='mso-yfti-irow:0'><td width=138 valign=top style='width:103.7pt;border:solid windowtext 1.0pt'><p
class=MsoNormal><b>年份<o:p></o:p></b></p></td><td width=138><p class=MsoNormal><b>站点</b></p></td></tr></thead>
<tr><td width=138><p class=MsoNormal>2019<o:p></o:p></p></td><td width=138 rowspan=2><p class=MsoNormal>50</p></td></tr>
<tr><td><p class=MsoNormal>2020</p></td></tr></table>
<p class=MsoNormal><!--[if gte vml 1]><v:shape id="_x0000_i1025" style='width:415pt'><v:imagedata
src="file:///C:/Temp/clip_image001.png" o:title="正门"/></v:shape><![endif]--><![if !vml]><img width=554 height=312
src="file:///C:/Users/ADMINI~1/AppData/Local/Temp/msohtmlclip1/01/clip_image002.jpg" v:shapes="_x0000_i1025"><![endif]></p>
<!--EndFragment--></body></html>"""
FROM_WORD = (
    "<h3>一、主要做法</h3>"
    "<p><strong>党建引领</strong>，2020年11月16日启动， 覆盖18个社区。</p>"
    "<h4>（一）建组织</h4>"
    "<ul><li>设河长<ul><li>镇级河长</li></ul></li><li>设网格员</li></ul>"
    "<ol><li>征集</li><li>公示</li></ol>"
    "<p>其间走访。</p>"
    "<p>3. 公布</p>"
    "<p>（一）压实责任</p>"
    "<table><thead><tr><th><strong>年份</strong></th><th><strong>站点</strong></th></tr></thead>"
    '<tbody><tr><td>2019</td><td rowspan="2">50</td></tr><tr><td>2020</td></tr></tbody></table>'
)

WPS = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name="Generator" content="WPS Office ET_Frame">
<style>@font-face{font-family:"Times New Roman";} p.p{margin:0;} span.15{font-weight:bold;}</style></head><body>
<!--StartFragment--><h2><b><span style="mso-spacerun:'yes';font-family:宋体;font-weight:bold;font-size:16.0000pt;"><font
face="宋体">工作成效</font></span></b><b><span style="font-size:16.0000pt;"><o:p></o:p></span></b></h2>
<p class="MsoNormal" style="text-indent:24.0000pt;"><span style="mso-spacerun:'yes';font-size:12.0000pt;"><font face="宋体">　　水变清了，</font></span><span class="15"
style="font-weight:bold;"><font face="宋体">群众满意</font></span><span><font face="Times New Roman">98</font><font face="宋体">%。</font></span></p>
<p class="MsoNormal" style="margin-left:21.0000pt;text-indent:-21.0000pt;mso-list:l0 level1 lfo1;"><![if !supportLists]><span
style="font-family:Wingdings;"><span style='mso-list:Ignore;'>Ø<span>&nbsp;</span></span></span><![endif]><span>一支队伍</span><span><o:p></o:p></span></p>
<p class="MsoNormal" style="mso-list:l0 level2 lfo1;"><![if !supportLists]><span style="font-family:Wingdings;"><span style='mso-list:Ignore;'>ü<span>&nbsp;</span></span></span><![endif]>党员骨干</p>
<p class="p" style="margin-left:0pt;"><span>●&nbsp;<font face="宋体">一张清单</font></span></p>
<p class="p"><span>●　</span><span>一个平台</span></p>
<table class="MsoTableGrid" border="1" style="border-collapse:collapse;mso-table-layout-alt:fixed;"><tbody><tr><td width="284"
valign="top" colspan="2" style="width:213.0500pt;"><p class="MsoNormal"><span>合计</span></p></td></tr>
<tr><td><p class="MsoNormal">投诉</p></td><td><p class="MsoNormal">下降<br>三成</p></td></tr></tbody></table>
<p class="MsoNormal"><img src="file:///C:/Users/user/AppData/Local/Temp/ksohtml1234/wps1.png" width="200"/></p><!--EndFragment--></body></html>"""
FROM_WPS = (
    "<h3>工作成效</h3>"
    "<p>水变清了，<strong>群众满意</strong>98%。</p>"
    "<ul><li>一支队伍<ul><li>党员骨干</li></ul></li><li>一张清单</li><li>一个平台</li></ul>"
    '<table><tbody><tr><td colspan="2">合计</td></tr><tr><td>投诉</td><td>下降<br>三成</td></tr></tbody></table>'
)

WEB = """<div id="js_content" class="rich_media_content" style="visibility:visible"><section data-role="outer"><h4>来源</h4>
<section style="text-align:center"><img data-src="https://mmbiz.example/1.jpg" src="data:image/gif;base64,R0lGOD"></section>
<p><span style="font-size:15px"><strong>亮点</strong><em>做法</em>见<a href="https://example.org/a?b=1&amp;c=2" target="_blank"
onclick="x()">原文</a>和<a href="/cases/2020-0007/">案例</a></span></p></section><blockquote>引用</blockquote>
<ol start="4"><li>接着数</li></ol><script>alert(1)</script></div>"""
FROM_WEB = (
    "<h3>来源</h3><p><strong>亮点</strong><em>做法</em>见"
    '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">原文</a>和<a href="/cases/2020-0007/">案例</a></p>'
    "<blockquote><p>引用</p></blockquote><p>4. 接着数</p>"
)
