"""The template of the style sheet, for what the Fusion style does not take from its palette.

`theme.style_sheet` fills in the colours of a look.
"""

from typing import Final

SHEET: Final = """
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px 6px; }}
QMainWindow::separator {{ background: {border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QSplitter::handle {{ background: {border}; width: 1px; }}
QSplitter::handle:hover {{ background: {accent}; }}
QMenuBar {{ background: {panel}; border-bottom: 1px solid {border}; padding: 1px 4px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; }}
QMenu {{ background: {raised}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 8px; border-radius: 4px; }}
QMenu::item:selected {{ background: {hover}; color: {text}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 6px; }}
QMenu::icon {{ padding-left: 6px; }}
QMenu::indicator {{ width: 12px; height: 12px; padding-left: 6px; }}
QMenu::indicator:checked {{ image: url(controls:tick-{name}.svg); }}
QMenu::icon:checked {{ background: {chosen}; border-radius: 4px; }}
QToolBar {{ background: {panel}; border: 0; padding: 3px; spacing: 1px; }}
QToolBar:horizontal {{ border-bottom: 1px solid {border}; }}
QToolBar:vertical {{ border-right: 1px solid {border}; }}
QToolBar::separator:horizontal {{ background: {border}; width: 1px; margin: 4px 5px; }}
QToolBar::separator:vertical {{ background: {border}; height: 1px; margin: 5px 4px; }}
QToolButton {{ border: 0; border-radius: 5px; padding: 4px; background: transparent; }}
QToolButton:hover {{ background: {hover}; }}
QToolButton:pressed {{ background: {border}; }}
QToolButton:checked {{ background: {chosen}; }}
QToolButton:focus {{ outline: 0; border: 1px solid {accent}; padding: 3px; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton {{ background: {raised}; border: 1px solid {edge}; border-radius: 5px;
              padding: 5px 14px; min-height: 16px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed {{ background: {border}; }}
QPushButton:default {{ background: {accent}; border-color: {accent}; color: {on_accent}; }}
QPushButton:default:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton:checked {{ background: {chosen}; border-color: {accent}; }}
QPushButton:focus {{ border-color: {accent}; outline: 0; }}
QPushButton:default:focus, QPushButton:checked:focus {{ border-color: {text}; }}
QPushButton:disabled {{ background: {panel}; border-color: {border}; color: {faint}; }}
QLineEdit, QComboBox {{ background: {raised}; border: 1px solid {edge};
    border-radius: 5px; padding: 2px 6px; min-height: 18px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QAbstractSpinBox {{ min-height: 20px; }}
QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
QLineEdit:focus, QComboBox:focus {{ border-color: {accent}; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {panel};
    border-color: {border}; color: {faint}; }}
QComboBox:hover {{ background: {hover}; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QComboBox::down-arrow {{ image: url(controls:down.svg); width: 11px; height: 11px; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {border}; padding: 3px; }}
QCheckBox, QRadioButton {{ spacing: 6px; }}
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator {{ width: 14px; height: 14px;
    background: {raised}; border: 1px solid {muted}; }}
QCheckBox::indicator, QListView::indicator {{ border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {accent}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ width: 12px; height: 12px;
    border: 2px solid {accent}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url(controls:check-{name}.svg); }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent}; }}
QCheckBox::indicator:checked:focus {{ border-color: {text}; }}
QRadioButton::indicator:checked:focus {{ width: 6px; height: 6px; border: 5px solid {text}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {edge}; }}
QCheckBox::indicator:checked:disabled {{ background: {edge}; border-color: {edge}; }}
QRadioButton::indicator:checked:disabled {{ border-color: {edge}; }}
QDockWidget {{ titlebar-close-icon: url(controls:close.svg);
              titlebar-normal-icon: url(controls:float.svg); }}
QDockWidget::close-button, QDockWidget::float-button {{ border: 0; border-radius: 4px;
    background: transparent; padding: 1px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {hover}; }}
QDockWidget::title {{ background: {panel}; padding: 6px 10px 5px 10px; text-align: left;
                     border-bottom: 1px solid {border}; }}
QDockWidget > QWidget {{ background: {panel}; }}
QStatusBar {{ background: {panel}; border-top: 1px solid {border}; color: {muted}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {muted}; }}
QLabel[quiet="true"] {{ color: {muted}; }}
QLabel[kind="warning"] {{ color: {warning}; }}
QLabel[kind="error"] {{ color: {error}; }}
QGroupBox {{ border: 1px solid {border}; border-radius: 6px; margin-top: 9px;
            padding: 10px 8px 8px 8px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 10px; padding: 0 4px; color: {muted}; }}
QHeaderView::section {{ background: {panel}; color: {muted}; border: 0; padding: 4px 6px;
                       border-bottom: 1px solid {border}; }}
QTableView, QListView, QTreeView {{ border: 0; background: {panel};
    selection-background-color: {chosen}; selection-color: {text}; outline: 0;
    gridline-color: {border}; }}
QListView::item, QTreeView::item {{ padding: 3px 4px; }}
#samples::item, #maps::item {{ border: 2px solid transparent; }}
#samples::item {{ border-radius: 6px; padding: 10px 2px; }}
#maps::item {{ padding-left: 4px; }}
#samples::item:hover, #maps::item:hover {{ background: {hover}; }}
#samples::item:selected, #maps::item:selected {{ background: {hover}; color: {text};
                                                border-color: {muted}; }}
#samples::item:selected:focus, #maps::item:selected:focus {{ border-color: {accent}; }}
QTableCornerButton::section {{ background: {panel}; border: 0;
                              border-bottom: 1px solid {border}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {border}; }}
QSlider::sub-page:horizontal {{ border-radius: 2px; background: {accent}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
                             background: {raised}; border: 1px solid {edge}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ border-color: {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {edge}; }}
QScrollBar:vertical {{ width: 10px; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {edge}; border-radius: 4px; margin: 1px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {border}; }}
QTabBar::tab {{ background: {window}; color: {muted}; padding: 5px 12px;
               border: 0; border-top: 2px solid transparent; }}
QTabBar::tab:selected {{ background: {panel}; color: {text}; border-top: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected:focus {{ background: {chosen}; }}
QProgressBar {{ border: 0; border-radius: 3px; background: {border}; text-align: center; }}
QProgressBar::chunk {{ border-radius: 3px; background: {accent}; }}
"""
